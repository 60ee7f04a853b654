# jq: results.json as a table for a document: kinds of crash by kernels. Each entry says how many cells held of those that were run, and
# how many of the previously mapped overlays are still mapped; "stock" covers all kernels without hvcrash, if any of its cells
# was run.
include "results";

def row($word): ran($word) + (totals | total_left_words(null) | if . then ", \(.) left" else "" end);

.cells as $cells |
([$cells[] | .dimensions.kernel // empty] | unique_by(split(".") | map(tonumber? // .))) as $kernels |
(reduce ($cells[] | .dimensions.crash // empty) as $c ([]; if index([$c]) then . else . + [$c] end)) as $crashes |
(if any($cells[]; .mode == "stock" and .result != null) then ["stock"] else [] end) as $stock |
([["crash"], ($kernels | map("\(.), hvcrash")), $stock] | add),
([range(0; ($kernels + $stock | length) + 1)] | map("---")),
(($crashes[], null) as $crash |
	($cells | map(select(.dimensions.kernel != null and ($crash == null or .dimensions.crash == $crash)))) as $of |
	[[$crash // "all"],
		[$kernels[] as $k | $of | map(select(.mode == "hvcrash" and .dimensions.kernel == $k)) | row("held")],
		[$stock[] | $of | map(select(.mode == "stock")) | row("dumped")]] | add)
| "| " + join(" | ") + " |"
