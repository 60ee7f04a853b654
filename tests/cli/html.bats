#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# audit --html: one page that needs nothing else, complete or not there at all.

load helpers

# An independent check: no warning from HTML Tidy
expect_valid() {
	tidy -quiet -errors "$1" 2>tidy.out || true
	expect "$(cat tidy.out)" ""
}

# What a browser would fetch or run
expect_self_contained() {
	expect_no_word "$1" "<script"
	expect_no_word "$1" "http:"
	expect_no_word "$1" "https:"
	expect_no_word "$1" "src="
	expect "$(grep -o 'href="[^"]*"' "$1")" 'href="data:,"'
	expect_word "$1" "Content-Security-Policy"
}

expect_nothing_left() {
	expect "$(find . -name 'page*' | sort | tr '\n' ' ')" "$1"
}

# The page's text, a line a tag
text_of() {
	sed 's/<[^>]*>/\n/g' "$1" | grep -v '^$'
}

@test "a clean audit: the same report, and a page beside it" {
	core good
	try audit core
	without_clock <out >plain
	try audit --html page core
	expect_status 0
	without_clock <out | cmp - plain
	expect_valid page
	expect_self_contained page
	text_of page >text
	expect_word page '<header class="clean">'
	expect_word page "<h1>clean</h1>"
	expect_word text "18 regions of 25 pages, all revoked, contents unchanged"
	expect_word text "kernel 6.12.0-test, module 0.1.0"
	expect_nothing_left "./page "
}

@test "pages that are not clean are on the HTML page: verdict, map, lanes, rows" {
	core page
	try audit --html page core
	expect_status 1
	expect_valid page
	expect_self_contained page
	text_of page >text
	expect_word page '<header class="left">'
	expect_word text "left shared, 2 regions"
	expect_word text "changed after revoke, 1 region"
	expect_word text "revoked late, 1 region"
	expect_word text "not checked, 1 region"
	expect_word text "VP 3, did not answer"
	expect_word text "VP 2, panicked"
	expect_word page "SIMP of VP 3 at 0x101c000: left shared"
	expect_word text "Where the crash kernel lies is not known: FILE is not /proc/vmcore."
	# as many rows as the table on the terminal has, worst first
	try audit --all --no-headings -o gpa core
	expect "$(grep -c '<tr><td data-label' page)" "$(grep -c '^ *0x' out)"
	expect "$(grep -oE 'data-label="FINDING"><span class="tag [a-z]*">[a-z ]*' page | sed 's/.*>//; /clean/,$d' | uniq | tr '\n' ',')" \
		"left shared,changed after revoke,not checked,"
}

@test "before any crash the map shows what is shared now, and mentions no check" {
	core live
	try audit --html page core
	expect_valid page
	text_of page >text
	expect_word text "shared now, 18 regions"
	expect_no_word text "not checked, 18 regions"
}

@test "the drawing shows each region, and what overlaps the crash kernel" {
	core page
	own_ram 0101c000-0101cfff 80000000-8fffffff
	try audit --iomem iomem --html page core
	text_of page >text
	expect_valid page
	expect_word text "0x1010000&#8211;0x101efff"
	expect_word text "0x40000000&#8211;0x4001bfff"
	expect_word text "0xbff00000&#8211;0xbff00fff"
	expect_word text "Inside the crash kernel&#39;s memory: SIMP of VP 3 at 0x101c000: left shared"
	expect "$(grep -c 'class="own" .*crash kernel: 0x80000000-0x8fffffff' page)" 1
	# 256 MiB of the 3 GiB, from 2 GiB on
	expect "$(grep -o 'class="own" x="[0-9.]*%" y="0%" width="[0-9.]*%"' page | tail -n 2 | head -n 1)" \
		'class="own" x="66.667%" y="0%" width="8.333%"'
}

@test "times: a step that was not reached is unknown, and without times there is no drawing" {
	core page "header crash.tsc_hash_end=0 crash.tsc_end=0"
	try audit --html page core
	expect_valid page
	expect "$(grep -c 'swatch phase-hash">hash</span></td><td class="number">unknown' page)" 1
	core page "header crash.tsc_begin=0"
	try audit --html page core
	expect_valid page
	expect_word page "The registry holds no times."
	core page "header crash.tsc_khz=0"
	try audit --html page core
	expect_word page "6000000 ticks"
}

@test "names from the dump or the caller are only text" {
	core good "header release=<b>&\"'</b>" "header module_version=<script>1</script>"
	mkdir 'a<script>b'
	mv core 'a<script>b/"'"'"'&.core'
	try audit --html page 'a<script>b/"'"'"'&.core'
	expect_status 0
	expect_valid page
	expect_self_contained page
	expect_word page "kernel &lt;b&gt;&amp;&quot;&#39;&lt;/b&gt;, module &lt;script&gt;1&lt;/script&gt;"
	expect_word page "Audit of a&lt;script&gt;b/&quot;&#39;&amp;.core"
}

@test "an unfinished or empty registry has a page, too" {
	core good "header phase=crashing"
	try audit --html page core
	expect_status 2
	expect_valid page
	expect_word page "<h1>cannot tell</h1>"
	core empty
	try audit --html page core
	expect_status 2
	expect_valid page
}

@test "many regions: the page is bounded and says what it omits" {
	core many
	try audit --html page core
	expect_valid page
	[ "$(grep -c '<rect' page)" -lt 4000 ]
}

@test "with --json, -o and --no-headings the page keeps its columns" {
	core good
	try audit --json --no-headings --html page core
	expect_status 0
	jq -e .verdict out >/dev/null
	expect_valid page
	expect "$(grep -c '<thead>' page)" 2
	expect_no_word page 'data-label="HASH"'
	try audit --html page -o gpa,hash core
	expect "$(grep -c 'data-label="GPA".*data-label="HASH"' page)" 18
}

@test "a page that cannot be written completely does not appear, nor does a report" {
	core good
	# a file of 4 KiB at most: the page is larger
	status=0
	(
		ulimit -f 4
		trap '' XFSZ
		"$HVCRASHCTL" audit --html page core >out 2>err
	) || status=$?
	expect_status 3
	expect "$(cat err)" "hvcrashctl: page: cannot write: File too large"
	expect "$(wc -c <out)" 0
	expect_nothing_left ""
}

@test "an old page stays until the new one is complete" {
	core good
	echo old >page
	(
		ulimit -f 4
		trap '' XFSZ
		"$HVCRASHCTL" audit --html page core >out 2>err
	) || true
	expect "$(cat page)" old
	expect_nothing_left "./page "
	try audit --html page core
	expect_status 0
	expect_word page "<h1>clean</h1>"
}

@test "an impossible place for the page: one line, no report" {
	core good
	mkdir page
	refused 3 "page: not a regular file" audit --html page core
	refused 3 "/dev/null: not a regular file" audit --html /dev/null core
	refused 3 "/dev/stdout: not a regular file" audit --html /dev/stdout core
	refused 3 "-: cannot be standard output: name a file" audit --html - core
	refused 3 "none/page: cannot create: No such file or directory" \
		audit --html none/page core
}

@test "an error in the dump leaves no page" {
	core good "header magic=1"
	refused 2 "core: registry header" audit --html page core
	expect_nothing_left ""
}

@test "the page's mode follows the umask" {
	core good
	(
		umask 027
		"$HVCRASHCTL" audit --html page core >out
	)
	expect "$(stat -c %a page)" 640
}

# ranges_of FILE: the memory that the map shows, one range a line
ranges_of() {
	grep -o 'memory in the dump: [^<"]*' "$1"
}

@test "the map of a compressed dump shows the memory that the file contains" {
	core good
	try audit --html page core
	ranges_of page >expected
	for method in zlib lzo snappy zstd; do
		for record in 0 4096; do
			kdump "$method" "$record"
			try audit --html page core
			expect_status 0
			expect "$(ranges_of page)" "$(cat expected)"
		done
	done
	kdump zlib 0 "exclude 0x110000 2"
	try audit --html page core
	expect "$(ranges_of page | head -n 2)" "memory in the dump: 0x100000-0x10ffff
memory in the dump: 0x112000-0x11ffff"
}

@test "with many memory ranges the smallest gaps are not drawn, and the page says so" {
	segments=()
	for i in $(seq 0 79); do
		segments+=("$(printf 'segment 0x%x 0x1000' $((0x80000000 + i * 0x3000)))")
	done
	core good "${segments[@]}" "segment 0x90000000 0x1000"
	try audit --html page core
	expect_status 0
	expect_valid page
	expect "$(ranges_of page | head -n 5)" "memory in the dump: 0x100000-0x11ffff
memory in the dump: 0x200000-0x23ffff
memory in the dump: 0x40000000-0x4000ffff
memory in the dump: 0x80000000-0x800edfff
memory in the dump: 0x90000000-0x90000fff"
	expect_word page "Gaps of up to 8 KiB in the memory of the dump are not drawn."
}
