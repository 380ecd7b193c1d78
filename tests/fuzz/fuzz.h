/* What every fuzzer has in common. */
#ifndef DC_TESTS_FUZZ_H
#define DC_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* The fuzzer itself: judges one input, leaves nothing behind, returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* May be there too: changes `data` in a way that keeps its structure; the new size, at most `max_size`. The libFuzzer interface. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed) __attribute__((weak));
/* Plain mutations: libFuzzer's own, for fuzzers that have the above. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size) __attribute__((weak));

/* A promise that must hold for every input. Not assert(): it must hold in every build. */
#define FUZZ_CHECK(promise)                                                                                            \
	do {                                                                                                           \
		if (!(promise)) {                                                                                      \
			(void)fprintf(stderr, "%s:%d: broken: %s\n", __FILE__, __LINE__, #promise);                    \
			abort();                                                                                       \
		}                                                                                                      \
	} while (0)

#endif
