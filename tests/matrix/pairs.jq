# jq: an independent reader of the table, for matrix.bats: it shares no code with cover.awk and uses another method.
# Standard input, raw and slurped: cells as printed by cover.awk. $table: the table's text. Prints each allowed pair that
# no cell has, and each cell that a rule forbids.

def is_forbidden($rules): . as $cell | any($rules[]; all(.[]; . as $c | any($c.values[]; . == $cell[$c.name])));

# pairs: of one cell, each as a text
def pairs: to_entries | . as $e | [range(length) as $a | range($a + 1; length) as $b |
	"\($e[$a].key)=\($e[$a].value) \($e[$b].key)=\($e[$b].value)"];

($table | split("\n") | map(select(test("^[a-z]")) | sub(" +: .*"; "") | split(" ") | map(select(. != "")))) as $lines |
[$lines[] | select(.[0] == "dimension") | {name: .[1], values: .[2:]}] as $dimensions |
[$lines[] | select(.[0] == "never") | [.[1:][] | split("=") | {name: .[0], values: (.[1] | split(","))}]] as $rules |
[split("\n")[] | select(. != "") | split("\t") | . as $f |
	[$dimensions | to_entries[] | {key: .value.name, value: $f[.key + 1]}] | from_entries] as $cells |
(reduce $dimensions[] as $d ([{}]; [.[] as $c | $d.values[] | $c + {($d.name): .}])) as $product |
(reduce ($product[] | select(is_forbidden($rules) | not) | pairs[]) as $p ({}; .[$p] = true)) as $allowed |
(reduce ($cells[] | pairs[]) as $p ({}; .[$p] = true)) as $covered |
"\($allowed | length) allowed pairs",
($allowed | keys[] | select($covered[.] | not) | "not covered: \(.)"),
($cells[] | select(is_forbidden($rules)) | "forbidden: \([.[]] | join(" "))")
