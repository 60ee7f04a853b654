# SPDX-License-Identifier: GPL-2.0-only
# gnuplot: what hvcrash does in a panic, and the register writes alone, over the number of CPUs. Called by lib/panic.bash with
# "dir", the directory of plot-added and plot-floor. The colours suit light and dark pages.
set terminal svg size 720,400 font "sans-serif,13" background rgb "white" enhanced
set title "Panic to the jump into the crash kernel, all CPUs on one emulated CPU"
set xlabel "CPUs of the guest"
set ylabel "ms of the nested lab"
set logscale xy 2
set key left top
set grid ytics
plot dir."/plot-floor" using 1:2 with linespoints lw 2 dt 2 pt 6 lc rgb "#b3541e" title "the register writes alone", \
	dir."/plot-added" using 1:2 with linespoints lw 2 pt 7 lc rgb "#1e6fb3" title "all that hvcrash does"
