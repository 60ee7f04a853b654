# SPDX-License-Identifier: GPL-2.0-only
# gnuplot: CPU time of the audit and of makedumpfile --dump-dmesg, over the size of the guest. Called by lib/dumps.bash with
# "dir", the directory of plot-elf and plot-kdump. The colours suit light and dark pages.
set terminal svg size 720,400 font "sans-serif,13" background rgb "white" enhanced
set title "One dump of the lab, read for its verdict and for its log"
set xlabel "memory of the guest, MiB"
set ylabel "CPU time, ms"
set logscale x 2
set yrange [0:*]
set key left top
set grid ytics
plot dir."/plot-elf" using 1:3 with linespoints lw 2 pt 7 lc rgb "#b3541e" title "makedumpfile --dump-dmesg, ELF", \
	dir."/plot-kdump" using 1:3 with linespoints lw 2 dt 2 pt 6 lc rgb "#b3541e" title "makedumpfile --dump-dmesg, lzo", \
	dir."/plot-elf" using 1:2 with linespoints lw 2 pt 7 lc rgb "#1e6fb3" title "hvcrashctl audit, ELF", \
	dir."/plot-kdump" using 1:2 with linespoints lw 2 dt 2 pt 6 lc rgb "#1e6fb3" title "hvcrashctl audit, lzo"
