# SPDX-License-Identifier: GPL-2.0-only
# awk: files of shell assignments, for shell_vars.bats
#
# awk -v seed=N -v count=N -v dir=DIR -f shell_vars_files.awk writes DIR/1 to
# DIR/COUNT: quotes, comments, continued lines, expansions, and lines that are not
# assignments, each in places where they are allowed and where they are not.

function pick(list,    part, n) {
	n = split(list, part, "~~")
	return part[1 + int(rand() * n)]
}

function name() {
	return pick("A~~B~~C~~LONG_NAME~~_x1")
}

function expansion(depth, quoted,    text) {
	text = quoted ? pick("a b~~x~~") : word(depth + 1, 0)
	return "${" name() pick(":-~~:=~~-~~:+~~+~~=~~:-~~:?~~%~~#") text "}"
}

function piece(depth, quoted,    kind) {
	kind = int(rand() * 16)
	if (kind < 5)
		return pick("ro~~quiet~~a=1~~0x10~~/dev/sda1~~panic=10~~%~~a,b~~x:y~~[z]~~*~~a+=b~~-~~w")
	if (kind == 5 && !quoted && depth < 2)
		return "\"" word(depth + 1, 1) "\""
	if (kind == 6 && !quoted)
		return "'" pick("a b~~$A~~\"~~#x~~~~\\~~a\nb") "'"
	if (kind == 7)
		return "$" name()
	if (kind == 8)
		return "${" name() "}"
	if (kind == 9 && depth < 2)
		return expansion(depth, quoted)
	if (kind == 10)
		return quoted ? pick("\\\n~~\\$~~\\\\~~\\\"~~\\a~~\\`") : pick("\\\n~~\\$~~\\\\~~\\\"~~\\a~~\\ ~~\\'")
	if (kind == 11 && quoted)
		return pick(" ~~  ~~\t~~#~~'~~\n~~;~~&~~|~~(~~)~~<")
	if (kind == 12)
		return pick("$(echo hi)~~`echo hi`~~$((1+2))~~$~~$[3]~~$1~~$#")
	if (kind == 13)
		return pick("#~~=~~!~~{a,b}")
	return "w"
}

function word(depth, quoted,    text, n) {
	text = ""
	for (n = int(rand() * 5); n > 0; n--)
		text = text piece(depth, quoted)
	return text
}

function assignment() {
	return name() "=" word(0, 0)
}

function line(    kind) {
	kind = int(rand() * 18)
	if (kind == 0) return "export " assignment()
	if (kind == 1) return "# " word(0, 0)
	if (kind == 2) return "  " assignment() "  # c'omment\""
	if (kind == 3) return assignment() " " assignment()
	if (kind == 4) return name() "+=" word(0, 0)
	if (kind == 5) return ": ${" name() ":=" word(1, 0) "}"
	if (kind == 6) return assignment() "; " assignment()
	if (kind == 7) return pick("~~export A~~unset B~~unset C; A=1~~ ;~~A=1;;B=2~~A= ~~A=\r~~A=" sprintf("%c", 126) "/x")
	if (kind == 8) return pick("true~~A=1 true~~if true; then A=2; fi~~A=(x y)~~A=1 &~~A() { :; }")
	if (kind < 12) return name() "=\"" word(1, 1) "\""
	return assignment()
}

BEGIN {
	srand(seed)
	for (file = 1; file <= count; file++) {
		for (n = 1 + int(rand() * 6); n > 0; n--)
			print line() >(dir "/" file)
		close(dir "/" file)
	}
}
