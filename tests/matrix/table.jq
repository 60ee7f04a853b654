# jq: results.json as the table in the terminal, tab-separated.
include "results";

def row($name): totals | [$name, .cells, .held, .failed, .lab_failed, .not_run, .differ, .disagree,
	total_left_words("-"), .lab_retries];

.cells as $cells |
([$cells[] | .dimensions.kernel // empty] | unique) as $kernels |
["CELLS OF", "ALL", "HELD", "FAILED", "LAB FAILED", "NOT RUN", "DIFFER", "DISAGREE", "OVERLAYS LEFT", "LAB RETRIES"],
(("hvcrash", "stock") as $mode | $kernels[] as $kernel |
	$cells | map(select(.mode == $mode and .dimensions.kernel == $kernel)) | row("\($mode) \($kernel)")),
($cells | map(select(.fault)) | row("faults")) | @tsv
