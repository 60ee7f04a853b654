#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# The page of audit --html in a real browser: Chromium, without a window.
#
# Pictures at the width of a desk and of a phone, light and dark, are kept in
# build/test/browser for people to look at. What can be measured is measured in
# the page itself: a copy of it without its policy gets a script that writes the
# figures into the document.

load ../cli/helpers

shots=$BUILD/test/browser

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	mkdir -p "$shots"
	core page
	own_ram 0101c000-0101cfff 80000000-8fffffff
	"$HVCRASHCTL" audit --iomem iomem --html page.html core >out || true
}

# browse PAGE OPTION...: its console goes to the file "console". Root needs
# --no-sandbox: the page is ours, and has no script.
browse() {
	local page=$1
	shift
	timeout 120 chromium --headless --no-sandbox --disable-gpu --hide-scrollbars \
		--user-data-dir="$BATS_TEST_TMPDIR/profile" --enable-logging=stderr --v=0 \
		"$@" "file://$PWD/$page" 2>console
}

# measure EXPRESSION OPTION...: what it is in the page
measure() {
	local expression=$1
	shift
	grep -v 'http-equiv="Content-Security-Policy"' page.html >measured.html
	# browsers take a script after the end of the body
	printf '<script>document.documentElement.dataset.measured = %s</script>\n' \
		"$expression" >>measured.html
	browse measured.html --dump-dom "$@" | grep -o 'data-measured="[^"]*"' | cut -d'"' -f2
}

# no word of the browser about the page: no error, nothing refused or missing
expect_silent_console() {
	expect "$(grep -E 'CONSOLE|ERR_|Refused' console || true)" ""
}

# shoot NAME WIDTH HEIGHT OPTION...
shoot() {
	local name=$1 width=$2 height=$3
	shift 3
	browse page.html --screenshot="$shots/$name.png" --window-size="$width,$height" "$@"
	expect_silent_console
	# width and height, as they stand in a PNG's first chunk
	expect "$(od -An -j16 -N8 -t u1 "$shots/$name.png" |
		awk '{ print $3 * 256 + $4, $7 * 256 + $8 }')" "$width $height"
}

@test "light and dark, on a desk and on a phone: nothing on the console" {
	shoot desk-light 1200 1900
	shoot desk-dark 1200 1900 --force-dark-mode
	shoot phone-light 390 2600
	shoot phone-dark 390 2600 --force-dark-mode
}

# A window of Chromium is 500 wide at least, a frame is not
@test "no page is wider than its screen" {
	local width
	grep -v 'http-equiv="Content-Security-Policy"' page.html >framed.html
	for width in 320 390 700 720 1200 2000; do
		cat >frame.html <<-END
			<iframe src="framed.html" width="$width" height="900" style="border: 0" onload="
				const root = this.contentDocument.documentElement;
				document.documentElement.dataset.measured = root.clientWidth + ' ' + root.scrollWidth">
			</iframe>
		END
		browse frame.html --allow-file-access-from-files --dump-dom >dom
		expect "$(grep -o 'data-measured="[^"]*"' dom)" "data-measured=\"$width $width\""
	done
}

@test "on a phone a row is a block, with its headings in it" {
	expect "$(measure 'getComputedStyle(document.querySelector("#findings tr:nth-child(1)")).display' \
		--window-size=390,900)" block
	expect "$(measure 'getComputedStyle(document.querySelector("#findings tbody tr")).display' \
		--window-size=1200,900)" table-row
}

@test "the reader's setting chooses light or dark" {
	local ground='getComputedStyle(document.body).backgroundColor'
	expect "$(measure "$ground")" "rgb(255, 255, 255)"
	expect "$(measure "$ground" --force-dark-mode)" "rgb(20, 23, 28)"
}

@test "text can be told from its ground, light and dark" {
	local contrast='(() => {
		const light = (c) => c.match(/\d+/g).slice(0, 3).map((v) => v / 255)
			.map((v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
			.reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
		const ground = light(getComputedStyle(document.body).backgroundColor);
		return Math.min(...[...document.querySelectorAll("h1, p, dt, dd, th, td, .tag, .name, .span, .over, .axis")]
			.map((e) => light(getComputedStyle(e).color))
			.map((l) => (Math.max(l, ground) + 0.05) / (Math.min(l, ground) + 0.05))) >= 4.5;
	})()'
	expect "$(measure "$contrast")" true
	expect "$(measure "$contrast" --force-dark-mode)" true
}

@test "the drawings stand where the figures say" {
	# the crash kernel's 256 MiB from 2 GiB on, of 3 GiB
	expect "$(measure '(() => {
		const bar = document.querySelector("svg.memory").getBoundingClientRect();
		const own = [...document.querySelectorAll("svg.memory .own")].pop().getBoundingClientRect();
		return [(own.left - bar.left) / bar.width, own.width / bar.width]
			.map((v) => Math.round(v * 1000)).join(" ");
	})()')" "667 83"
	# the unload takes 3000 of 3515 us
	expect "$(measure '(() => {
		const bar = document.querySelector("svg.all").getBoundingClientRect();
		const step = document.querySelector("svg.all .phase-unload").getBoundingClientRect();
		return Math.round(step.width / bar.width * 1000);
	})()')" 853
}

@test "the page's policy runs no script, not even one that got in" {
	sed 's|</main>|<script>document.documentElement.dataset.measured = "ran"</script></main>|' \
		page.html >attacked.html
	browse attacked.html --dump-dom >dom
	expect_no_word dom 'data-measured'
	expect_word console "Content Security Policy"
}

@test "it prints" {
	browse page.html --print-to-pdf="$shots/page.pdf" --no-pdf-header-footer
	expect "$(head -c 5 "$shots/page.pdf")" "%PDF-"
}
