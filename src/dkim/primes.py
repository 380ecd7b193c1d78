#!/usr/bin/python3
"""Write the odd primes below 65,538 as C tables, multiplied together as far as 64 bits hold them, and all in one number; and
squares modulo small numbers: primes.py OUT."""

import math
import sys

LIMIT = 65538
MODULI = [64, 63, 55, 17, 13]  # less than one number of a hundred is a square modulo all of them


def main():
    sieve = bytearray([1]) * LIMIT
    for i in range(2, int(LIMIT ** 0.5) + 1):
        if sieve[i]:
            sieve[i * i::i] = bytes(len(range(i * i, LIMIT, i)))
    primes = [i for i in range(3, LIMIT) if sieve[i]]
    products = [1]
    for prime in primes:
        if products[-1] * prime >= 1 << 64:
            products.append(1)
        products[-1] *= prime
    with open(sys.argv[1], "w", encoding="utf-8") as out:
        out.write("/* Made by primes.py. */\nstatic const uint64_t prime_products[] = {\n")
        for product in products:
            out.write("\tUINT64_C(%d),\n" % product)
        out.write("};\n")
        whole = 1
        for product in products:
            whole *= product
        out.write("/* All of them in one number, in limbs of 64 bits, the lowest first. */\n"
                  "static const uint64_t prime_product[] = {\n")
        while whole:
            out.write("\tUINT64_C(%d),\n" % (whole & 0xFFFFFFFFFFFFFFFF))
            whole >>= 64
        out.write("};\n/* Bit i: i is a square. */\nstatic const struct {\n\tuint32_t modulus;\n\tuint64_t squares;\n} square_tests[] = {\n")
        for modulus in MODULI:
            out.write("\t{%d, UINT64_C(0x%x)},\n" % (modulus, sum(1 << i for i in {j * j % modulus for j in range(modulus)})))
        out.write("};\nenum { SQUARE_MODULUS = %d };\n" % math.prod(MODULI))


if __name__ == "__main__":
    main()
