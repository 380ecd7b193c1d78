/* What every fuzzer has in common. */
#ifndef DC_TESTS_FUZZ_H
#define DC_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* The fuzzer itself: judges one input, leaves nothing behind, returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A promise that must hold for every input. Not assert(): it must hold in every build. */
#define FUZZ_CHECK(promise)                                                                                            \
	do {                                                                                                           \
		if (!(promise)) {                                                                                      \
			(void)fprintf(stderr, "%s:%d: broken: %s\n", __FILE__, __LINE__, #promise);                    \
			abort();                                                                                       \
		}                                                                                                      \
	} while (0)

#endif
