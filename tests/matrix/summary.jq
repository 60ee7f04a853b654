# jq: results.json as a few lines for a document: by kernel, what held and what is left, with hvcrash and without.
include "results";

# words: describes some cells, and says how many were not run
def words($word): ran($word) + (totals | if .not_run == .cells then ""
	else "\(if .not_run > 0 then " (\(.not_run) not run)" else "" end), \(total_left_words("0 of 0")) overlays left" end);

[.cells[] | select(.dimensions)] as $cells |
"| kernel | cells with hvcrash | the same without |", "| --- | --- | --- |",
($cells | group_by(.dimensions.kernel | split(".") | map(tonumber? // .))[] |
	"| \(map(.kernel // empty) | unique | if . == [] then "-" else join(", ") end) | \(map(select(.mode == "hvcrash")) | words("held")) | \(map(select(.mode == "stock")) | words("dumped")) |")
