# SPDX-License-Identifier: GPL-2.0-only
# awk: the tables as C, for tools/hvcrashctl: awk -f to_c.awk distributions ...
#
# An array for each file, a row for each line, its columns as strings. The last
# column may contain blanks.

function columns(name) {
	if (name == "distributions" || name == "families")
		return name == "families" ? 7 : 6
	return name == "crashkernel" ? 4 : 2
}

FNR == 1 {
	if (table)
		print "};\n"
	table = FILENAME
	sub(/.*\//, "", table)
	printf "static const char *const table_%s[][%d] = {\n", table, columns(table)
}

/^#/ || !NF { next }

{
	row = "\t{ "
	for (i = 1; i < columns(table); i++) {
		row = row "\"" $1 "\", "
		sub(/^[^ \t]+[ \t]+/, "")
	}
	print row "\"" $0 "\" },"
}

END { print "};" }
