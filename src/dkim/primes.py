#!/usr/bin/python3
"""Write the odd primes below 65,538 as a C table, multiplied together as far as 64 bits hold them: primes.py OUT."""

import sys

LIMIT = 65538


def main():
    sieve = bytearray([1]) * LIMIT
    for i in range(2, int(LIMIT ** 0.5) + 1):
        if sieve[i]:
            sieve[i * i::i] = bytes(len(range(i * i, LIMIT, i)))
    products = [1]
    for prime in (i for i in range(3, LIMIT) if sieve[i]):
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
        out.write("};\n")


if __name__ == "__main__":
    main()
