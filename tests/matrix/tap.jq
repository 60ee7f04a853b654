# jq: results.json as TAP. The stock kernel is not under test: what it leaves is in the JSON and on the page, but not here.
include "results";

.cells | map(select(.mode == "hvcrash")) | "TAP version 13", "1..\(length)",
	(to_entries[] | "\(.key + 1) - \(.value.cell)" as $name | .value |
		if .result == "held" then "ok \($name)"
		elif .result == null then "ok \($name) # SKIP not run"
		else "not ok \($name)", "# \(words_of)" end)
