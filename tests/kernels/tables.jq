# jq: the record of kernels, slurped, as tables for documents. The newest line of each kernel and act counts. $table: "kernels" for
# docs/kernels.md, a row for each kernel; "versions" for README.md, a row for each version.

def version: .kernel | capture("^(?<v>[0-9]+[.][0-9]+)").v;
def order: version | split(".") | map(tonumber);

# flavour: Debian's name of it without the architecture; "" for the generic one
def flavour: .kernel | if test("-cloud-") then "cloud" elif test("-rt-") then "rt" elif test("-16k$") then "16 KiB pages"
	elif test("-builtin$") then "made by the lab" else "" end;
def flavour_words: if flavour == "" then .arch else "\(.arch) \(flavour)" end;

def stopped_words: {"stop_this_cpu": "the kernel's crash NMI", "nmi": "an NMI of hvcrash's own", "kprobes": "kprobes"}[. // ""] // "";

def act_words: if . == null then "" elif .result != "held" then "**\(.result)**"
	else "\(if .verdict == "none" then "" else .verdict + ", " end)\(.stale_overlays // "?") of \(.overlays_before) left" end;
# After a kexec into a kernel with built-in VMBus, the map says nothing about the kernel before
def kexec_words: if . != null and .result == "held" and .stale_overlays == null then .verdict else act_words end;

(sort_by(.time) | reduce .[] as $line ({}; .["\($line.kernel) \($line.act) \($line.compiler // "")"] = $line) | [.[]]) as $lines |
($lines | group_by(.kernel) | map({kernel: .[0].kernel, arch: .[0].arch,
	compilers: (map(select(.act == "built" and .result == "held") | .compiler) | sort),
	broken: (map(select(.act == "built" and .result != "held") | .compiler) | sort),
	panic: (map(select(.act == "panic"))[0]), nmi: (map(select(.act == "nmi"))[0]), kexec: (map(select(.act == "kexec"))[0]),
	vmbus: (map(.vmbus // empty)[0]), stops_by: (map(.stops_by // empty)[0]), when: (map(.time) | max | .[:10])})
	| sort_by(order, .arch, flavour, .kernel)) as $kernels |
if $table == "kernels" then
	"| kernel | | VMBus | other CPUs are stopped by | builds with | panic | NMI | kexec | last seen |",
	"|---|---|---|---|---|---|---|---|---|",
	($kernels[] | "| \(.kernel) | \(flavour_words) | \(.vmbus // "") | \(.stops_by | stopped_words) | \(.compilers | join(", "))\(if .broken != [] then " **not \(.broken | join(", "))**" else "" end) | \(.panic | act_words) | \(if .arch == "arm64" then "none on arm64" else (.nmi | act_words) end) | \(.kexec | kexec_words) | \(.when) |")
else
	"| kernel | other CPUs are stopped by | builds for | crashed and judged |", "|---|---|---|---|",
	($kernels | group_by(order)[] | . as $of |
		([.[] | select(.stops_by) | "\(.arch): \(.stops_by | stopped_words)"] | unique | join("; ")) as $stops |
		([.[] | select(.compilers != []) | flavour_words] | unique | join(", ")) as $built |
		([.[] | select(.panic or .nmi or .kexec)] | map(. as $k | [.panic, .nmi, .kexec | select(. != null)] as $runs |
			([$runs[] | select(.result == "held") | .act] | join(", ")) as $held |
			([$runs[] | select(.result != "held") | .act] | join(", ") | if . == "" then . else "**not \(.)**" end) as $not |
			"\(flavour_words)\(if .vmbus == "built-in" then " (VMBus built in)" else "" end): \([$held, $not] | map(select(. != "")) | join("; "))") | unique | join("<br>")) as $judged |
		"| \($of[0] | version) | \($stops) | \($built) | \($judged) |")
end
