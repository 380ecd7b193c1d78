/* DNSKEY, DS, RRSIG and NSEC3PARAM records taken apart: RFC 4034 sections 2, 3, 5 and appendix B, RFC 3110, RFC 5155. */
#include "base/sha.h"
#include "dnssec/parts.h"

enum {
	KEY_HEAD = 4,        /* flags, protocol, algorithm */
	DS_HEAD = 4,         /* tag, algorithm, digest type */
	SIGNATURE_HEAD = 18, /* up to the signer's name */
	FLAG_ZONE = 0x0100, FLAG_REVOKE = 0x0080, FLAG_SEP = 0x0001,
};

static const struct {
	uint8_t number;
	const char *name;
	bool rsa, dead;
} algorithms[] = {
	{1, "RSAMD5", true, true}, {3, "DSA", false, true}, {5, "RSASHA1", true, true}, {6, "DSA-NSEC3-SHA1", false, true},
	{7, "RSASHA1-NSEC3-SHA1", true, true}, {8, "RSASHA256", true, false}, {10, "RSASHA512", true, false},
	{12, "ECC-GOST", false, true}, {13, "ECDSAP256SHA256", false, false}, {14, "ECDSAP384SHA384", false, false},
	{15, "ED25519", false, false}, {16, "ED448", false, false},
};

const char *dc_dnssec_algorithm_name(uint8_t algorithm)
{
	for (size_t i = 0; i < sizeof(algorithms) / sizeof(algorithms[0]); i++)
		if (algorithms[i].number == algorithm)
			return algorithms[i].name;
	return NULL;
}

bool dc_dnssec_algorithm_is_dead(uint8_t algorithm)
{
	for (size_t i = 0; i < sizeof(algorithms) / sizeof(algorithms[0]); i++)
		if (algorithms[i].number == algorithm)
			return algorithms[i].dead;
	return false;
}

bool dc_dnssec_algorithm_is_rsa(uint8_t algorithm)
{
	for (size_t i = 0; i < sizeof(algorithms) / sizeof(algorithms[0]); i++)
		if (algorithms[i].number == algorithm)
			return algorithms[i].rsa;
	return false;
}

static uint16_t get16(const uint8_t *at)
{
	return (uint16_t)(at[0] << 8 | at[1]);
}

static uint32_t get32(const uint8_t *at)
{
	return (uint32_t)get16(at) << 16 | get16(at + 2);
}

/* ---- keys ---- */

/* RFC 3110 section 2: the exponent with its length before it, then the modulus. */
static uint32_t rsa_bits(const uint8_t *key, size_t len)
{
	size_t skip = len > 0 ? 1 + (size_t)key[0] : 0;
	uint32_t bits;

	if (len > 3 && key[0] == 0)
		skip = 3 + (size_t)get16(key + 1);
	while (skip < len && key[skip] == 0)
		skip++;
	if (skip == 0 || skip >= len)
		return 0;
	bits = (uint32_t)(len - skip) * 8;
	for (uint8_t top = key[skip]; !(top & 0x80); top = (uint8_t)(top << 1))
		bits--;
	return bits;
}

static uint16_t tag_of(const uint8_t *rdata, size_t len)
{
	uint32_t sum = 0;

	if (rdata[3] == 1) /* RSAMD5: out of the modulus */
		return len > 6 ? get16(rdata + len - 3) : 0;
	for (size_t i = 0; i < len; i++)
		sum += i & 1 ? rdata[i] : (uint32_t)rdata[i] << 8;
	return (uint16_t)(sum + (sum >> 16));
}

void dnssec_read_keys(struct dc_asker *asker, struct dc_dnssec_facts *facts)
{
	const struct dc_answer *answer = facts->key_answer;
	struct dc_dnssec_key *keys = DC_NEW_ARRAY(asker->arena, struct dc_dnssec_key, DC_DNSSEC_KEY_MAX);

	for (size_t i = 0; answer && i < answer->rr_count && facts->key_count < DC_DNSSEC_KEY_MAX; i++) {
		const struct dc_rr *rr = &answer->rrs[i];
		const uint8_t *rdata = (const uint8_t *)rr->rdata.ptr;
		struct dc_dnssec_key key = {.rr = rr};

		if (rr->type != DC_TYPE_DNSKEY || rr->rdata.len <= KEY_HEAD || !dc_name_eq(rr->owner, facts->zone))
			continue;
		key.flags = get16(rdata);
		key.algorithm = rdata[3];
		key.tag = tag_of(rdata, rr->rdata.len);
		key.zone_key = key.flags & FLAG_ZONE;
		key.entry = key.flags & FLAG_SEP;
		key.revoked = key.flags & FLAG_REVOKE;
		if (dc_dnssec_algorithm_is_rsa(key.algorithm))
			key.bits = rsa_bits(rdata + KEY_HEAD, rr->rdata.len - KEY_HEAD);
		keys[facts->key_count++] = key;
	}
	facts->keys = keys;
}

/* ---- digests ---- */

/* RFC 4034 5.1.4, RFC 4509, RFC 6605: of owner name and rdata. 0: the type is not known here. */
static size_t digest_of(uint8_t digest_type, const struct dc_rr *key, uint8_t digest[DC_SHA_MAX])
{
	static const enum dc_sha kinds[] = {[1] = DC_SHA1, [2] = DC_SHA256, [4] = DC_SHA384};
	uint8_t name[DC_NAME_WIRE_MAX];
	size_t len = dc_name_to_wire(key->owner, name);
	const struct dc_slice parts[] = {{(const char *)name, len}, key->rdata};

	return len && (digest_type == 1 || digest_type == 2 || digest_type == 4) ? dc_sha(kinds[digest_type], parts, 2, digest) : 0;
}

static enum dc_tri matches(const struct dc_dnssec_facts *facts, const struct dc_dnssec_ds *ds)
{
	uint8_t digest[DC_SHA_MAX];
	struct dc_slice wanted = dc_slice_sub(ds->rr->rdata, DS_HEAD, SIZE_MAX);
	enum dc_tri found = DC_TRI_NO;

	if (!facts->key_count)
		return facts->key_answer && dc_outcome_is_known(facts->key_answer->outcome) ? DC_TRI_NO : DC_TRI_UNKNOWN;
	for (size_t i = 0; i < facts->key_count; i++) {
		const struct dc_dnssec_key *key = &facts->keys[i];
		size_t size;

		if (key->tag != ds->tag || key->algorithm != ds->algorithm || !key->zone_key)
			continue;
		size = digest_of(ds->digest_type, key->rr, digest);
		if (!size)
			found = found == DC_TRI_YES ? found : DC_TRI_UNKNOWN;
		else if (dc_slice_eq(wanted, (struct dc_slice){(const char *)digest, size}))
			found = DC_TRI_YES;
	}
	return found;
}

void dnssec_read_ds(struct dc_asker *asker, struct dc_dnssec_facts *facts)
{
	const struct dc_answer *answer = facts->ds_answer;
	struct dc_dnssec_ds *list = DC_NEW_ARRAY(asker->arena, struct dc_dnssec_ds, DC_DNSSEC_DS_MAX);

	for (size_t i = 0; answer && i < answer->rr_count && facts->ds_count < DC_DNSSEC_DS_MAX; i++) {
		const struct dc_rr *rr = &answer->rrs[i];
		const uint8_t *rdata = (const uint8_t *)rr->rdata.ptr;

		if (rr->type != DC_TYPE_DS || rr->rdata.len <= DS_HEAD || !dc_name_eq(rr->owner, facts->zone))
			continue;
		list[facts->ds_count] = (struct dc_dnssec_ds){.rr = rr, .tag = get16(rdata), .algorithm = rdata[2],
							      .digest_type = rdata[3]};
		list[facts->ds_count].matches = matches(facts, &list[facts->ds_count]);
		facts->ds_count++;
	}
	facts->ds = list;
}

/* ---- signatures ---- */

/* RFC 4034 section 3.1.5: 32 bits, in serial number arithmetic around the present. */
static int64_t time_of(uint32_t stamp, int64_t now_s)
{
	return now_s + (int32_t)(stamp - (uint32_t)now_s);
}

void dnssec_read_signatures(struct dc_asker *asker, struct dc_dnssec_facts *facts, int64_t now_s)
{
	struct dc_dnssec_signature *list =
		DC_NEW_ARRAY(asker->arena, struct dc_dnssec_signature, DC_DNSSEC_SIGNATURE_MAX);

	for (size_t i = 0; i < facts->count; i++) {
		const struct dc_answer *answer = facts->items[i].answer;

		for (size_t k = 0; answer && k < answer->rr_count && facts->signature_count < DC_DNSSEC_SIGNATURE_MAX; k++) {
			const struct dc_rr *rr = &answer->rrs[k];
			const uint8_t *rdata = (const uint8_t *)rr->rdata.ptr;

			if (rr->type != DC_TYPE_RRSIG || rr->rdata.len <= SIGNATURE_HEAD ||
			    !dc_name_eq(rr->owner, facts->items[i].name))
				continue;
			list[facts->signature_count++] = (struct dc_dnssec_signature){
				.name = rr->owner, .type = get16(rdata), .algorithm = rdata[2],
				.ends_s = time_of(get32(rdata + 8), now_s), .begins_s = time_of(get32(rdata + 12), now_s),
				.tag = get16(rdata + 16), .answer = answer};
		}
	}
	facts->signatures = list;
}

/* RFC 5155 section 4: algorithm, flags, iterations, salt. */
void dnssec_read_nsec3(struct dc_dnssec_facts *facts)
{
	const struct dc_answer *answer = facts->nsec3_answer;

	for (size_t i = 0; answer && answer->outcome == DC_OUTCOME_ANSWER && i < answer->rr_count; i++) {
		const struct dc_rr *rr = &answer->rrs[i];
		const uint8_t *rdata = (const uint8_t *)rr->rdata.ptr;

		if (rr->type != DC_TYPE_NSEC3PARAM || rr->rdata.len < 5 || !dc_name_eq(rr->owner, facts->zone))
			continue;
		if (facts->nsec3 && get16(rdata + 2) <= facts->nsec3_iterations)
			continue;
		facts->nsec3 = true;
		facts->nsec3_iterations = get16(rdata + 2);
		facts->nsec3_salt = rdata[4];
	}
}
