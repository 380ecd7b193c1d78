/* A narrow way through DER: OpenSSL's general one takes locks and a hundred times as long, and there is a key a domain. It
 * accepts canonical encodings only, so that what it says is what OpenSSL would say. */
#include "dkim/der.h"

enum { TAG_INTEGER = 0x02, TAG_BIT_STRING = 0x03, TAG_SEQUENCE = 0x30 };

struct octets {
	const uint8_t *at;
	size_t len;
};

/* One element from the front of *in: its content. Lengths must be minimal (X.690 10.1). */
static bool take(struct octets *in, uint8_t tag, struct octets *ret_content)
{
	size_t header = 2, len;

	if (in->len < 2 || in->at[0] != tag)
		return false;
	len = in->at[1];
	if (len == 0x81) {
		if (in->len < 3 || in->at[2] < 0x80)
			return false;
		header = 3;
		len = in->at[2];
	} else if (len == 0x82) {
		if (in->len < 4 || !in->at[2])
			return false;
		header = 4;
		len = (size_t)in->at[2] << 8 | in->at[3];
	} else if (len >= 0x80) {
		return false;
	}
	if (len > in->len - header)
		return false;
	*ret_content = (struct octets){in->at + header, len};
	*in = (struct octets){in->at + header + len, in->len - header - len};
	return true;
}

/* A positive INTEGER in its shortest form, as a number without leading zeros. */
static bool take_number(struct octets *in, struct dc_slice *ret_number)
{
	struct octets number;

	if (!take(in, TAG_INTEGER, &number) || !number.len || number.at[0] & 0x80)
		return false;
	if (number.at[0] == 0) {
		if (number.len < 2 || !(number.at[1] & 0x80))
			return false;
		number = (struct octets){number.at + 1, number.len - 1};
	}
	*ret_number = (struct dc_slice){(const char *)number.at, number.len};
	return true;
}

bool dc_dkim_der_rsa(const uint8_t *octets, size_t len, struct dc_slice *ret_modulus, struct dc_slice *ret_exponent,
		     size_t *ret_used)
{
	/* rsaEncryption with NULL parameters, as content of the AlgorithmIdentifier */
	static const uint8_t algorithm[] = {0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00};
	struct octets in = {octets, len}, info, id, bits, key;

	if (!take(&in, TAG_SEQUENCE, &info) || !take(&info, TAG_SEQUENCE, &id) || id.len != sizeof(algorithm) ||
	    memcmp(id.at, algorithm, sizeof(algorithm)) != 0 || !take(&info, TAG_BIT_STRING, &bits) || info.len ||
	    !bits.len || bits.at[0])
		return false;
	bits = (struct octets){bits.at + 1, bits.len - 1};
	if (!take(&bits, TAG_SEQUENCE, &key) || bits.len || !take_number(&key, ret_modulus) ||
	    !take_number(&key, ret_exponent) || key.len)
		return false;
	*ret_used = len - in.len;
	return true;
}
