# SPDX-License-Identifier: GPL-2.0-only
# awk: prints a document with its quotations renewed: the lines between <!-- WHAT: NAME --> and <!-- WHAT: end --> become the file
# NAME of DIRECTORY. awk -v what=WHAT -v dir=DIRECTORY -f quote.awk DOCUMENT
$0 == "<!-- " what ": end -->" { inside = 0 }
!inside { print }
$1 == "<!--" && $2 == what ":" && $4 == "-->" && NF == 4 && $3 ~ /^[a-z.-]+$/ && $3 != "end" {
	inside = 1
	while ((status = (getline line < (dir "/" $3))) > 0)
		print line
	if (status < 0) {
		print "documents: there is no " $3 > "/dev/stderr"
		exit 1
	}
	close(dir "/" $3)
}
