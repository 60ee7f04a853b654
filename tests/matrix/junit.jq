# jq: results.json as JUnit XML, for the same cells as tap.jq.
include "results";

def text: . // "" | @html; # escapes everything that XML requires

def outcome:
	if .result == "held" then ""
	elif .result == null then "<skipped message=\"not run\"/>"
	elif .result == "lab-failed" then "<error message=\"\(.failure | text)\"/>"
	else "<failure message=\"\(.failure | text)\"/>" end;

.cells | map(select(.mode == "hvcrash")) | totals as $t |
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
	"<testsuite name=\"hvcrash.matrix\" tests=\"\($t.cells)\" failures=\"\($t.failed + $t.differ)\" errors=\"\($t.lab_failed)\" skipped=\"\($t.not_run)\" time=\"\(map(.seconds.total // 0) | add // 0)\">",
	(.[] | "  <testcase classname=\"matrix.\(.mode)\" name=\"\(.cell | text)\" time=\"\(.seconds.total // 0)\">\(outcome)</testcase>"),
	"</testsuite>"
