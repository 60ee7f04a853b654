# jq: results.json as a table for a document: for each fault what the audit said, what is left, and the duration of the crash path with
# its bound.
include "results";

def seconds: . / 100000 | round | . / 10;

"| fault | what is wrong | held | the audit says | left | crash path, bound |", "| --- | --- | --- | --- | --- | --- |",
(.cells[] | select(.fault) |
	"| \(.cell | ltrimstr("fault_")) | \(.fault) | " + if .result == null then "not run | | | |" else
		"\(if .result == "held" then "yes" else "no" end) | \(if .verdict == "none" then "nothing: no second kernel" else .verdict // "nothing" end) | \(left_words) | \(if .crash_path_us and .bound_s then "\(.crash_path_us | seconds) s, \(.bound_s) s" else "" end) |" end)
