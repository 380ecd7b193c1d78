/* The wall clock. */
#include "source/clock.h"

#include <time.h>

int64_t dc_clock_now_s(void)
{
	return (int64_t)time(NULL);
}
