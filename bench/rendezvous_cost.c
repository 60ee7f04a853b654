// SPDX-License-Identifier: GPL-2.0-only
/*
 * rendezvous_cost.c - the cost of parking many CPUs, letting them revoke, and
 * closing
 *
 * Called by bench/run: rendezvous_cost CPUS ROUNDS. The module's own
 * rendezvous.c, built in user space as tests/unit builds it, with a thread for
 * each CPU, against the same threads at two barriers of pthread. Prints a line
 * for each round of either: its name, nanoseconds from a common start until all
 * are parked, and from there until all have revoked; for the rendezvous also to
 * close it, and for one look at all slots.
 *
 * There are more threads than processors: the first two times are mostly the
 * scheduler's, which gives each thread its turn, in both. The look is what the
 * panicking CPU itself does repeatedly, and depends on nothing else.
 *
 * Not measured: the NMI that brings CPUs here, and their register writes.
 */
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "rendezvous.h"

#define LOOKS 1000

static struct hvcrash_rdv rdv;
static u32 nr_cpus, rounds;
static pthread_barrier_t begin, first, second, end;

static u64 now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

static u64 now_us(void)
{
	return now_ns() / 1000;
}

static void nothing(u32 cpu)
{
	(void)cpu;
}

static u64 tick_every_us(u32 cpu)
{
	return cpu == 1 ? 0 : 10000;
}

static void pause_cpu(void)
{
	sched_yield();
}

static const struct hvcrash_rdv_ops ops = {
	.arrive = nothing,
	.tick = nothing,
	.tick_every_us = tick_every_us,
	.revoke = nothing,
	.now_us = now_us,
	.pause = pause_cpu,
};

static void *cpu_thread(void *arg)
{
	u32 cpu = (uintptr_t)arg;
	u32 i;

	for (i = 0; i < rounds; i++) {
		pthread_barrier_wait(&begin);
		hvcrash_rdv_join(&rdv, cpu);
		pthread_barrier_wait(&end);
		pthread_barrier_wait(&begin);
		pthread_barrier_wait(&first);
		pthread_barrier_wait(&second);
		pthread_barrier_wait(&end);
	}
	return NULL;
}

static void reset(void)
{
	u32 cpu;

	memset(rdv.slot, 0, nr_cpus * sizeof(*rdv.slot));
	rdv.phase = HVCRASH_RDV_IDLE;
	rdv.begun_by = 0;
	hvcrash_rdv_begin(&rdv, 0);
	for (cpu = 1; cpu < nr_cpus; cpu++)
		hvcrash_rdv_expect(&rdv, cpu);
}

static void run_rendezvous(void)
{
	u64 t[5];
	u32 i, parked, done;

	reset();
	t[0] = now_ns();
	pthread_barrier_wait(&begin);
	parked = hvcrash_rdv_wait_parked(&rdv, UINT64_MAX);
	t[1] = now_ns();
	done = hvcrash_rdv_revoke(&rdv, UINT64_MAX);
	t[2] = now_ns();
	hvcrash_rdv_close(&rdv);
	t[3] = now_ns();
	for (i = 0; i < LOOKS; i++)
		hvcrash_rdv_wait_parked(&rdv, 0);
	t[4] = now_ns();
	pthread_barrier_wait(&end);
	if (parked != nr_cpus - 1 || done != nr_cpus - 1) {
		fprintf(stderr, "%u parked and %u revoked of %u\n", parked,
			done, nr_cpus - 1);
		exit(1);
	}
	printf("rendezvous %llu %llu %llu %.1f\n", t[1] - t[0], t[2] - t[1],
	       t[3] - t[2], (double)(t[4] - t[3]) / LOOKS);
}

static void run_barriers(void)
{
	u64 t[3];

	t[0] = now_ns();
	pthread_barrier_wait(&begin);
	pthread_barrier_wait(&first);
	t[1] = now_ns();
	pthread_barrier_wait(&second);
	t[2] = now_ns();
	pthread_barrier_wait(&end);
	printf("barrier %llu %llu 0 0\n", t[1] - t[0], t[2] - t[1]);
}

int main(int argc, char **argv)
{
	pthread_t *thread;
	uintptr_t cpu;
	u32 i;

	if (argc != 3 || (nr_cpus = atoi(argv[1])) < 2 ||
	    (rounds = atoi(argv[2])) < 1) {
		fprintf(stderr, "Usage: rendezvous_cost CPUS ROUNDS\n");
		return 3;
	}
	thread = calloc(nr_cpus, sizeof(*thread));
	rdv.slot = aligned_alloc(64, nr_cpus * sizeof(*rdv.slot));
	if (!thread || !rdv.slot)
		return 1;
	rdv.nr_cpus = nr_cpus;
	rdv.park_bound_us = UINT64_MAX;
	rdv.ops = &ops;
	pthread_barrier_init(&begin, NULL, nr_cpus);
	pthread_barrier_init(&first, NULL, nr_cpus);
	pthread_barrier_init(&second, NULL, nr_cpus);
	pthread_barrier_init(&end, NULL, nr_cpus);
	for (cpu = 1; cpu < nr_cpus; cpu++)
		if (pthread_create(&thread[cpu], NULL, cpu_thread, (void *)cpu))
			return 1;
	for (i = 0; i < rounds; i++) {
		run_rendezvous();
		run_barriers();
	}
	for (cpu = 1; cpu < nr_cpus; cpu++)
		pthread_join(thread[cpu], NULL);
	return 0;
}
