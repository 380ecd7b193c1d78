/* Mutations that know what an input is made of, for fuzzers' LLVMFuzzerCustomMutator (fuzz.h). */
#ifndef DC_TESTS_FUZZ_MUTATE_H
#define DC_TESTS_FUZZ_MUTATE_H

#include <stddef.h>
#include <stdint.h>

/* A recording, line by line and word by word (mutate_recording.c); the same each time for the same seed. */
size_t fuzz_mutate_recording(uint8_t *data, size_t size, size_t max, unsigned seed);

#endif
