/* The clock of a run: read once, evidence afterwards. */
#ifndef DC_SOURCE_CLOCK_H
#define DC_SOURCE_CLOCK_H

#include <stdint.h>

/* Seconds since 1970-01-01 UTC. */
int64_t dc_clock_now_s(void);
/* Monotonic, without a system call: for how long to wait and what work takes, never evidence. */
uint64_t dc_clock_ms(void);
uint64_t dc_clock_ns(void);

#endif
