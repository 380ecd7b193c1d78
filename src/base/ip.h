/* IP addresses and prefixes, text forms of RFC 4291 section 2.2 and RFC 5952, names of RFC 1035 3.5 and RFC 3596 2.5. */
#ifndef DC_BASE_IP_H
#define DC_BASE_IP_H

#include "base/slice.h"

struct dc_ip {
	uint8_t family; /* 4, 6; 0 = no address */
	uint8_t octets[16];
};

struct dc_prefix {
	struct dc_ip ip;
	uint8_t bits; /* 0..32 or 0..128 */
};

enum { DC_IP_TEXT_MAX = 46, DC_IP_ARPA_MAX = 74, DC_PREFIX_TEXT_MAX = 50 };

/* Strict text: IPv4 as four octets without leading zeros, IPv6 as RFC 4291; no zone id, no brackets. */
bool dc_ip_parse(struct dc_slice text, struct dc_ip *ret_ip);
/* ADDR or ADDR/BITS; host bits may be set (they are kept). */
bool dc_prefix_parse(struct dc_slice text, struct dc_prefix *ret_prefix);
struct dc_ip dc_ip_v4(const uint8_t octets[4]);
struct dc_ip dc_ip_v6(const uint8_t octets[16]);
/* ::ffff:a.b.c.d becomes a.b.c.d; anything else is returned as it is. */
struct dc_ip dc_ip_unmap(struct dc_ip ip);
bool dc_ip_eq(struct dc_ip a, struct dc_ip b);
int dc_ip_cmp(struct dc_ip a, struct dc_ip b); /* IPv4 before IPv6, then by octets */
bool dc_prefix_contains(struct dc_prefix prefix, struct dc_ip ip); /* false across families */
/* Canonical text (RFC 5952), NUL-terminated into `text`; returns it as a slice. */
struct dc_slice dc_ip_format(struct dc_ip ip, char text[DC_IP_TEXT_MAX]);
struct dc_slice dc_prefix_format(struct dc_prefix prefix, char text[DC_PREFIX_TEXT_MAX]);
/* The reverse name, without a trailing dot: 1.2.0.192.in-addr.arpa. */
struct dc_slice dc_ip_arpa(struct dc_ip ip, char text[DC_IP_ARPA_MAX]);

/* Why an address can never send mail over the Internet (IANA special-purpose registries, RFC 6890), or NULL:
 * "private", "loopback", "link-local", "documentation", "multicast", "reserved", "unspecified", "shared" (RFC 6598),
 * "benchmarking", "unique-local". The text is static. Documentation ranges can be told apart by the caller. */
const char *dc_ip_special(struct dc_ip ip);

#endif
