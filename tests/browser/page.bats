#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# The page of audit --html in a real browser: Chromium, without a window.
#
# Pictures at the width of a desk and of a phone, light and dark, are kept in
# build/test/browser for people to look at. Measurements are taken in the page
# itself: a copy without its policy gets a script that writes the figures into
# the document.

load ../cli/helpers

shots=$BUILD/test/browser

setup() {
	begin
	mkdir -p "$shots"
	core page
	own_ram 0101c000-0101cfff 80000000-8fffffff
	"$HVCRASHCTL" audit --iomem iomem --html page.html core >out || true
}

# browse PAGE OPTION...: writes the browser's console to the file "console". Root needs
# --no-sandbox: the page is our own, without scripts.
browse() {
	local page=$1
	shift
	timeout 120 chromium --headless --no-sandbox --disable-gpu --hide-scrollbars \
		--user-data-dir="$BATS_TEST_TMPDIR/profile" --enable-logging=stderr --v=0 \
		"$@" "file://$PWD/$page" 2>console
}

# measure EXPRESSION OPTION...: its value in the page
measure() {
	local expression=$1
	shift
	grep -v 'http-equiv="Content-Security-Policy"' page.html >measured.html
	# browsers accept a script after the end of the body
	printf '<script>document.documentElement.dataset.measured = %s</script>\n' \
		"$expression" >>measured.html
	browse measured.html --dump-dom "$@" | grep -o 'data-measured="[^"]*"' | cut -d'"' -f2
}

# the browser reports nothing about the page: no error, nothing refused or missing
expect_silent_console() {
	expect "$(grep -E 'CONSOLE|ERR_|Refused' console || true)" ""
}

# shoot NAME WIDTH HEIGHT OPTION...
shoot() {
	local name=$1 width=$2 height=$3
	shift 3
	browse page.html --screenshot="$shots/$name.png" --window-size="$width,$height" "$@"
	expect_silent_console
	# width and height, from the PNG's first chunk
	expect "$(od -An -j16 -N8 -t u1 "$shots/$name.png" |
		awk '{ print $3 * 256 + $4, $7 * 256 + $8 }')" "$width $height"
}

@test "light and dark, on a desk and on a phone: nothing on the console" {
	shoot desk-light 1200 1900
	shoot desk-dark 1200 1900 --force-dark-mode
	shoot phone-light 390 2600
	shoot phone-dark 390 2600 --force-dark-mode
}

# Chromium's window is at least 500 pixels wide, a frame need not be
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
	expect "$(measure 'getComputedStyle(document.querySelector(".regions tr:nth-child(1)")).display' \
		--window-size=390,900)" block
	expect "$(measure 'getComputedStyle(document.querySelector(".regions tbody tr")).display' \
		--window-size=1200,900)" table-row
}

@test "the reader's setting chooses light or dark" {
	local ground='getComputedStyle(document.body).backgroundColor'
	expect "$(measure "$ground")" "rgb(255, 255, 255)"
	expect "$(measure "$ground" --force-dark-mode)" "rgb(20, 23, 28)"
}

@test "text contrasts with its background, light and dark" {
	local contrast='(() => {
		const light = (c) => c.match(/\d+/g).slice(0, 3).map((v) => v / 255)
			.map((v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
			.reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
		const ground = light(getComputedStyle(document.body).backgroundColor);
		return Math.min(...[...document.querySelectorAll("h1, p, dt, dd, th, td, .tag, .name, .span, .over, .axis, summary")]
			.map((e) => light(getComputedStyle(e).color))
			.map((l) => (Math.max(l, ground) + 0.05) / (Math.min(l, ground) + 0.05))) >= 4.5;
	})()'
	expect "$(measure "$contrast")" true
	expect "$(measure "$contrast" --force-dark-mode)" true
}

@test "the drawings match the figures" {
	# the crash kernel's 256 MiB from 2 GiB on, of 3 GiB
	expect "$(measure '(() => {
		const bar = document.querySelector("svg.memory").getBoundingClientRect();
		const own = [...document.querySelectorAll("svg.memory .own")].pop().getBoundingClientRect();
		return [(own.left - bar.left) / bar.width, own.width / bar.width]
			.map((v) => Math.round(v * 1000)).join(" ");
	})()')" "667 83"
	# the unload takes 3000 of 3515 us
	expect "$(measure '(() => {
		const bar = document.querySelector("#timeline svg.all").getBoundingClientRect();
		const step = document.querySelector("#timeline svg.all .phase-unload").getBoundingClientRect();
		return Math.round(step.width / bar.width * 1000);
	})()')" 853
}

# large_core: 128 VPs, VP 77 did not answer, and 3,000 regions
large_core() {
	local i chunk=1 gpa=$((0x1100000)) owner
	{
		echo 'segment 0x1000000 0x2000000'
		echo 'registry 0x1000000'
		echo 'header phase=finished release=6.12.0-test module_version=0.1.0 crash.vp_index=5 crash.cpu=5'
		echo 'header crash.vps_expected=127 crash.vps_parked=126 crash.vps_revoked=126 crash.unload=answered'
		echo 'header crash.tsc_khz=2000000 crash.tsc_begin=1000000 crash.tsc_parked=90000000'
		echo 'header crash.tsc_revoke_begin=992000000 crash.tsc_revoke_end=1300000000 crash.tsc_end=1500100000'
		for ((i = 0; i < 128; i++)); do
			((i % 30)) || printf 'chunk vps 0x%x\n' $((0x1000000 + 4096 * chunk++))
			if [ $i -eq 77 ]; then
				printf 'vp vp_index=77 cpu=77 state=not_reached\n'
			else
				printf 'vp vp_index=%d cpu=%d tsc_parked=%d tsc_revoked=%d\n' $i $i $((1100000 + i * 600000)) \
					$((1000000000 + i * 7919 % 128 * 2000000))
			fi
		done
		for ((i = 0; i < 3000; i++)); do
			((i % 60)) || printf 'chunk extents 0x%x\n' $((0x1000000 + 4096 * chunk++))
			owner="kind=gpadl relid=$((5 + i % 40)) gpadl=0xe1e10 state=unloaded evidence=unload_answered"
			[ $i -ge 128 ] || owner="kind=simp vp_index=$i flags=3"
			[ $i -ne 77 ] || owner='kind=simp vp_index=77 state=not_reached evidence=no_answer flags=1'
			printf 'extent gpa=0x%x %s\n' $gpa "$owner"
			gpa=$((gpa + 0x2000))
		done
	} | "$MKCORE" - core
}

@test "128 VPs and 3,000 regions: the one that is wrong stands out" {
	large_core
	"$HVCRASHCTL" audit --html page.html core >out || true
	expect "$(head -n 1 out)" "NOT CLEAN: the host can still write to 1 page of the crashed kernel (VP 77 did not answer: SIMP 0x119a000)."
	shoot large 1200 1900
	# one row is open, 2999 are closed; the silent, the panicked and the slowest VPs have lanes
	expect "$(measure '[document.querySelectorAll("#wrong tbody tr").length,
		document.querySelectorAll("#clean tbody tr").length, document.querySelector("#clean details").open,
		document.querySelectorAll("#timeline svg.vp").length].join(" ")')" "1 2999 false 6"
	expect "$(measure '[...document.querySelectorAll("#timeline .name")].slice(1, 3).map((e) => e.textContent).join("; ")')" \
		"VP 77, did not answer; VP 5, panicked"
	# higher than clean regions, and hatched
	expect "$(measure '(() => {
		const bad = document.querySelector("svg.part .region.left"), good = document.querySelector("svg.part .region.clean");
		return [Math.round(bad.getBoundingClientRect().height / good.getBoundingClientRect().height * 10),
			getComputedStyle(bad).fill].join(" ");
	})()')" '25 url(&quot;#hatch-left&quot;)'
}

@test "an empty registry has no drawing, a live one nothing in red" {
	core empty
	"$HVCRASHCTL" audit --html page.html core >out || true
	shoot empty 1200 800
	expect "$(measure 'document.querySelectorAll("svg, .axis, table").length')" 0
	live live
	"$HVCRASHCTL" audit --html page.html registry >out || true
	shoot live 1200 1200
	expect "$(measure '[document.querySelectorAll("#timeline, .silent, .left, .over").length,
		document.querySelector("#live details").open].join(" ")')" "0 false"
}

@test "no word in a cell is broken, and the ticks are round numbers" {
	local width
	for width in 800 1000 1200; do
		expect "$(measure '(() => {
			const range = document.createRange();
			return [...document.querySelectorAll("td")].filter((cell) => {
				const text = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT).nextNode();
				return text && text.data.split(" ").some((word) => {
					range.setStart(text, text.data.indexOf(word));
					range.setEnd(text, text.data.indexOf(word) + word.length);
					return range.getClientRects().length > 1;
				});
			}).length;
		})()' --window-size=$width,900)" 0
	done
	expect "$(measure '[...document.querySelectorAll("#map .axis span")].map((e) => e.textContent).join()')" "0,1 GiB,2 GiB,3 GiB"
	expect "$(measure '[...document.querySelectorAll("#timeline .axis span")].map((e) => e.textContent).join()')" "0,1 ms,2 ms,3 ms"
}

@test "a page left in the crash kernel's memory is outlined there" {
	expect "$(measure '(() => {
		const mark = document.querySelector("svg.memory .inside"), style = getComputedStyle(mark);
		return [document.querySelectorAll("svg.memory .inside").length, style.fill, style.stroke].join(" ");
	})()')" "1 none rgb(185, 31, 37)"
}

@test "the page's policy runs no script, not even an injected one" {
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
