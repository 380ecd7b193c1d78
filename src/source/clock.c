/* The wall clock, and the one that only goes forward. */
#include "source/clock.h"

#include <time.h>

int64_t dc_clock_now_s(void)
{
	return (int64_t)time(NULL);
}

uint64_t dc_clock_ms(void)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}
