# jq: converts the matrix's record: cells with a panic, an NMI or a kexec of a kernel with hvcrash on the lab's own host become lines of
# the record of kernels.
select(.mode == "hvcrash" and .host == "own") | .dimensions.crash as $crash |
{sysrq: "panic", nmi: "nmi", kexec: "kexec"}[$crash // ""] as $act | select($act) |
{kernel, arch: "amd64", act: $act, result, verdict, host, overlays_before, stale_overlays, commit, time}
