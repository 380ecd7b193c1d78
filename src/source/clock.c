/* The wall clock, and the one that only goes forward. */
#include "source/clock.h"

#include <time.h>

int64_t dc_clock_now_s(void)
{
	return (int64_t)time(NULL);
}

uint64_t dc_clock_ns(void)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t dc_clock_ms(void)
{
	return dc_clock_ns() / 1000000;
}
