# SPDX-License-Identifier: GPL-2.0-only
# awk: turns the table into the cells of the matrix, one a line: name, values, expectation, options.
#
#   awk -v mode=hvcrash|stock [-v full=1] -f cover.awk table
#
# A pair of values is allowed if any cell that no rule forbids has both. The first cells cover each allowed pair at least once: a
# greedy choice always takes a cell with the most pairs not yet covered. Scores only fall, so a cell is scored again only when its
# last score is reached. With full=1 the other cells follow. The same table gives the same cells in the same order, with and without
# hvcrash.
#
# lib/cells.bash interprets the options.

function die(what) {
	printf "%s:%d: %s\n", FILENAME, FNR, what >"/dev/stderr"
	failed = 1
	exit 2
}

# conditions RULE FROM TO: checks and stores the conditions of this line
function conditions(rule, from, to,    i, name) {
	for (i = from; i <= to; i++) {
		name = $i
		sub(/=.*/, "", name)
		if ($i !~ /^[a-z]+=./ || !(name in dimension || name == "mode"))
			die("'" $i "' is not a condition")
		rule_name[rule, i - from] = name
		rule_values[rule, i - from] = "," substr($i, length(name) + 2) ","
	}
	rule_conditions[rule] = to - from + 1
}

# words_before_reason: the number of fields before " : "
function words_before_reason(    i) {
	for (i = 1; i <= NF; i++)
		if ($i == ":")
			return i - 1
	return NF
}

# applies RULE: whether all conditions hold for the cell in value[]
function applies(rule,    i) {
	for (i = 0; i < rule_conditions[rule]; i++)
		if (!index(rule_values[rule, i], "," value[rule_name[rule, i]] ","))
			return 0
	return 1
}

/^#/ || NF == 0 { next }

$1 == "dimension" {
	if (NF < 3 || $2 in dimension)
		die("a dimension needs a name of its own and values")
	if (dimensions == 31 || NF > 64)
		die("more than 31 dimensions, or 62 values of one")
	dimension[$2] = ++dimensions
	dimension_name[dimensions] = $2
	for (i = 3; i <= NF; i++)
		dimension_value[dimensions, i - 2] = $i
	dimension_values[dimensions] = NF - 2
	next
}

$1 == "never" { conditions("never" ++nevers, 2, words_before_reason()); next }
$1 == "expect" { expectation[++expects] = $2; conditions("expect" expects, 3, words_before_reason()); next }
$1 == "option" { option[++options] = $2; conditions("option" options, 3, words_before_reason()); next }
{ die("'" $1 "' is not known") }

# is_forbidden D: by a rule of which dimension D is the last, so that no rule is looked at twice
function is_forbidden(d,    i, rule) {
	for (i = 1; i <= nevers_at[d]; i++) {
		rule = never_at[d, i]
		if (applies(rule))
			return 1
	}
	return 0
}

# file_rules: each "never" under the last of its dimensions, where a cell in the making can be given up
function file_rules(    i, j, d, last) {
	for (i = 1; i <= nevers; i++) {
		last = 0
		for (j = 0; j < rule_conditions["never" i]; j++) {
			d = dimension[rule_name["never" i, j]] # none for "mode"
			if (d > last)
				last = d
		}
		never_at[last, ++nevers_at[last]] = "never" i
	}
}

# enumerate D: stores every cell that no rule forbids in cell_value[], as numbers that no two values share
function enumerate(d,    i) {
	if (is_forbidden(d - 1))
		return
	if (d > dimensions) {
		cells++
		for (i = 1; i <= dimensions; i++)
			cell_value[cells * 32 + i] = 64 * i + chosen[i]
		return
	}
	for (i = 1; i <= dimension_values[d]; i++) {
		chosen[d] = i
		value[dimension_name[d]] = dimension_value[d, i]
		enumerate(d + 1)
	}
}

# score CELL: the number of its pairs that no printed cell has. Keys are plain numbers, which awk finds much faster than text.
function score(cell,    a, b, n, of) {
	n = 0
	for (a = 1; a <= dimensions; a++)
		of[a] = cell_value[cell * 32 + a]
	for (a = 1; a < dimensions; a++)
		for (b = a + 1; b <= dimensions; b++)
			if (!((of[a] * 2048 + of[b]) in covered))
				n++
	return n
}

function print_cell(cell,    a, b, i, line, name, words, last, expect) {
	printed[cell] = 1
	name = ""
	line = ""
	for (a = 1; a <= dimensions; a++) {
		value[dimension_name[a]] = dimension_value[a, cell_value[cell * 32 + a] % 64]
		name = name (a > 1 ? "_" : "") value[dimension_name[a]]
		line = line "\t" value[dimension_name[a]]
		for (b = a + 1; b <= dimensions; b++)
			covered[cell_value[cell * 32 + a] * 2048 + cell_value[cell * 32 + b]] = 1
	}
	gsub(/:/, "-", name)
	for (i = 1; i <= expects; i++)
		if (applies("expect" i))
			expect = expectation[i]
	for (i = 1; i <= options; i++)
		if (applies("option" i))
			last[substr(option[i], 1, index(option[i], "=") - 1)] = i
	words = ""
	for (i = 1; i <= options; i++)
		if (last[substr(option[i], 1, index(option[i], "=") - 1)] == i)
			words = words (words == "" ? "" : " ") option[i]
	print name line "\t" expect "\t" (words == "" ? "-" : words)
}

END {
	if (failed)
		exit 2
	value["mode"] = mode
	file_rules()
	enumerate(1)
	best = dimensions * (dimensions - 1) / 2
	for (cell = 1; cell <= cells; cell++)
		waiting[best, ++waiting_count[best]] = cell
	for (; best > 0; best--)
		for (i = 1; i <= waiting_count[best]; i++) {
			cell = waiting[best, i]
			now = score(cell)
			if (now == best)
				print_cell(cell)
			else
				waiting[now, ++waiting_count[now]] = cell
		}
	for (cell = 1; full && cell <= cells; cell++)
		if (!(cell in printed))
			print_cell(cell)
}
