# jq: results.json as one self-contained page: no script, light or dark by the reader's setting. hvcrash and stock of a cell
# share a row. Colours never stand alone: each belongs to a word or a number.
include "results";

def left: if .stale_overlays == null then "<td class=\"number\">-</td>"
	else "<td class=\"number \(if (.stale_overlays | many) == 0 then "zero" else "left" end)\">\(left_words)</td>" end;
def tag: "<td class=\"tag \(.result // "none")\">\(.result // "not run")</td>";
def verdict: "<td>\(.verdict // "-" | if . == "none" then "-" else . end | @html)</td>";
def disagree: if .disagree == true then "<td class=\"disagree\">DISAGREE</td>" elif .disagree == false then "<td>no</td>" else "<td>-</td>" end;
def compared: "<td\(if compared_words == "DIFFERENT" then " class=\"disagree\"" else "" end)>\(compared_words)</td>";
def other: "<td\(if .hosts_disagree then " class=\"disagree\"" else "" end)>\(if .other == null then "-" else "\(.other.result), \(.other.synic_left // "unknown")" end)</td>";
def dump: "<td>\(if .dump_ok == null then "-" elif .dump_ok then "opened" elif (.crash // "" | test("^kexec")) then "no dump" else "not opened" end)</td>";
def took: "<td class=\"number\">\(if .crash_path_us == null then "-" else "\(.crash_path_us / 1000 | round) ms" end)</td>";
def heads($names): "<thead><tr>" + ($names | map("<th scope=\"col\"\(if test("left|time|CPUs|cells|held|failed|run|disagree|retries"; "i") and . != "disagree?" then " class=\"number\"" else "" end)>\(rtrimstr("?"))</th>") | join("")) + "</tr></thead>";
def total_row($name): totals | "<tr><th scope=\"row\">\($name)</th>" + ([.cells, .held, .failed, .lab_failed, .not_run, .differ, .disagree,
	total_left_words("-"), .lab_retries] | map("<td class=\"number\">\(.)</td>") | join("")) + "</tr>";

.cells as $cells | .totals.hvcrash as $t |
([$cells[] | .dimensions.kernel // empty] | unique) as $kernels |
($cells | map(select(.mode == "stock")) | map({key: .cell, value: .}) | from_entries) as $stock |
(if $t.failed + $t.disagree + $t.differ > 0 then "failed" elif $t.lab_failed + $t.not_run > 0 then "none" else "held" end) as $tone |
"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">",
"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">",
"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">",
"<link rel=\"icon\" href=\"data:,\">\n<title>The crash matrix of hvcrash</title>\n<style>\n\($style)</style>\n</head>\n<body>",
"<header class=\"\($tone)\">\n<p class=\"what\">The crash matrix of hvcrash on the host \"\(.host // "own" | @html)\", commit \(.commit | @html)</p>",
"<h1>\($t.held) of \($t.cells) cells held</h1>",
"<p>Registry and host differ about a page in \($t.differ) cells, \($t.failed) cells failed, audit and hypervisor disagree in \($t.disagree), the lab failed in \($t.lab_failed), and \($t.not_run) have no result yet. \(.runs) runs so far.</p>\n</header>\n<main>",
"<section>\n<h2>By kernel</h2>\n<div class=\"scroll\"><table>",
heads(["kernel", "cells", "held", "failed", "lab failed", "not run", "registry and host differ", "disagree", "overlays left", "lab retries"]), "<tbody>",
(("hvcrash", "stock") as $mode | $kernels[] as $kernel | $cells | map(select(.mode == $mode and .dimensions.kernel == $kernel)) | total_row("\($mode), \($kernel)")),
($cells | map(select(.fault)) | total_row("faults")),
"</tbody></table></div>",
"<p class=\"what\">Overlays left are overlays of the first kernel that the hypervisor still maps when the second one runs, according to the hypervisor. The pages column compares the module's registry with the host's own account, page for page, before the crash, at UNLOAD and in the second kernel: a named gap is one that the registry reports itself. The other host is \(if .host == "kvm" then "the lab's own" else "QEMU's Hyper-V on KVM" end): its result, and how many SynIC overlays are left there. A cell of the stock kernel holds if its second kernel came up and the dump could be opened.</p>\n</section>",
"<section>\n<h2>Not as expected</h2>\n<ul>",
([$cells[] | select(.result != null and .result != "held")] | if length == 0 then "<li>Nothing.</li>" else
	.[] | "<li><code>\(.mode) \(.cell | @html)</code>: \(words_of | @html)</li>" end),
"</ul>\n</section>",
"<section>\n<h2>Faults</h2>\n<div class=\"scroll\"><table>",
heads(["what is wrong", "result", "expected", "audit", "disagree?", "pages", "by the other host", "overlays left", "dump", "time", "bound, time"]), "<tbody>",
($cells[] | select(.fault) | "<tr><th scope=\"row\">\(.fault | @html)</th>\(tag)<td>\(.expect // "-" | @html)</td>\(verdict)\(disagree)\(compared)\(other)\(left)\(dump)\(took)<td class=\"number\">\(if .bound_s then "\(.bound_s) s" else "-" end)</td></tr>"),
"</tbody></table></div>\n</section>",
"<section>\n<h2>Cells</h2>\n<div class=\"scroll\"><table>",
heads(["kernel", "crash", "on", "CPUs", "notifiers", "stimer", "load", "result", "audit", "disagree?", "pages", "by the other host", "left with hvcrash", "left by stock", "stock", "dump", "crash path, time"]), "<tbody>",
($cells | map(select(.mode == "hvcrash" and .dimensions)) | sort_by(.dimensions.kernel, .dimensions.crash, (.dimensions.cpus | tonumber))[] | . as $c | ($stock[.cell] // {}) as $s | .dimensions |
	"<tr><td>\(.kernel)</td><td>\(.crash | @html)</td><td>\(.cpu)</td><td class=\"number\">\(.cpus)</td><td>\(.notifiers)</td><td>\(.stimer)</td><td>\(.load)</td>\($c | tag)\($c | verdict)\($c | disagree)\($c | compared)\($c | other)\($c | left)\($s | left)\($s | tag)\($c | dump)\($c | took)</tr>"),
"</tbody></table></div>\n</section>\n</main>\n</body>\n</html>"
