/* Mutations of DER that keep its lengths right: plain ones break the outermost length and are refused at the first octet. */
#ifndef DC_TESTS_FUZZ_DER_H
#define DC_TESTS_FUZZ_DER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Changes one element of the objects that stand one behind the other in `data`; the new size, at most `max`. */
size_t der_mutate(uint8_t *data, size_t size, size_t max, unsigned seed);
/* The length of the object at the start with its head; 0: there is none that fits. */
size_t der_length(const uint8_t *data, size_t size);

#endif
