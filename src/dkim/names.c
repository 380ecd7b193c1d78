/* Words for the enums of dkim.h: in JSON for ever. */
#include "dkim/dkim.h"

const char *dc_dkim_weakness_name(enum dc_dkim_weakness weakness)
{
	static const char *const names[DC_DKIM_WEAKNESS_COUNT] = {
		[DC_DKIM_WEAK_EVEN_MODULUS] = "even modulus",
		[DC_DKIM_WEAK_SMALL_FACTOR] = "small factor",
		[DC_DKIM_WEAK_PRIME_MODULUS] = "prime modulus",
		[DC_DKIM_WEAK_SQUARE] = "square modulus",
		[DC_DKIM_WEAK_FERMAT] = "close primes",
		[DC_DKIM_WEAK_ROCA] = "ROCA",
		[DC_DKIM_WEAK_WIENER] = "small private exponent",
		[DC_DKIM_WEAK_EXPONENT_INVALID] = "invalid exponent",
		[DC_DKIM_WEAK_PATTERN] = "repeated pattern",
		[DC_DKIM_WEAK_BIAS] = "biased bits",
		[DC_DKIM_WEAK_SAMPLE] = "sample key",
		[DC_DKIM_WEAK_SHARED_PRIME] = "shared prime",
		[DC_DKIM_WEAK_NOT_TESTED] = "not tested",
	};

	return weakness < DC_DKIM_WEAKNESS_COUNT ? names[weakness] : "?";
}

const char *dc_dkim_key_type_name(enum dc_dkim_key_type type)
{
	static const char *const names[] = {NULL, "rsa", "ed25519", "other"};

	return names[type];
}

const char *dc_dkim_origin_name(enum dc_dkim_origin origin)
{
	static const char *const names[] = {"given", "provider", "common", "date", "nsec"};

	return names[origin];
}

const char *dc_dkim_status_name(enum dc_dkim_status status)
{
	static const char *const names[] = {"ok", "revoked", "malformed", "missing", "weak", "testing", "unknown"};

	return names[status];
}

const char *dc_dkim_walk_name(enum dc_dkim_walk walk)
{
	static const char *const names[] = {"not-tried", "impossible", "cut", "complete"};

	return names[walk];
}

const char *dc_dkim_conclusion_name(enum dc_dkim_conclusion conclusion)
{
	static const char *const names[] = {"found", "unusable", "not-found", "none", "unanswered", "not-searched"};

	return names[conclusion];
}
