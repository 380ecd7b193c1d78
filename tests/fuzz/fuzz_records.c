/* Facts out of any records of the types that carry more than names and addresses. The input is a row of records: an octet that
 * chooses the question (QUESTIONS below), its rdata with its length (16 bits, network order) before it. Bit 7 of the first octet:
 * the answer is a failure. What is not said does not exist. */
#include "dns/name.h"
#include "facts.h"
#include "fuzz.h"

enum { RECORDS_MAX = 64 };

/* What stands first is what the others need: an MX host with addresses. */
static const struct {
	enum dc_question_kind kind;
	const char *name;
	uint16_t type, asked; /* of the record; of the question when it is another */
} questions[] = {
	{DC_ASK_DNS, "example.com", DC_TYPE_MX, 0},
	{DC_ASK_DNS, "mx1.example.com", DC_TYPE_A, 0},
	{DC_ASK_DNS, "mx1.example.com", DC_TYPE_AAAA, 0},
	{DC_ASK_DNS, "_25._tcp.mx1.example.com", DC_TYPE_TLSA, 0},
	{DC_ASK_DNS, "example.com", DC_TYPE_CAA, 0},
	{DC_ASK_DNS, "_submission._tcp.example.com", DC_TYPE_SRV, 0},
	{DC_ASK_DNS, "_submissions._tcp.example.com", DC_TYPE_SRV, 0},
	{DC_ASK_VALIDATE, "example.com", DC_TYPE_DNSKEY, 0},
	{DC_ASK_VALIDATE, "example.com", DC_TYPE_DS, 0},
	{DC_ASK_VALIDATE, "example.com", DC_TYPE_SOA, 0},
	{DC_ASK_VALIDATE, "example.com", DC_TYPE_RRSIG, DC_TYPE_SOA},
	{DC_ASK_DNS, "example.com", DC_TYPE_NSEC3PARAM, 0},
	{DC_ASK_DNS, "_mta-sts.example.com", DC_TYPE_TXT, 0},
	{DC_ASK_DNS, "_smtp._tls.example.com", DC_TYPE_TXT, 0},
	{DC_ASK_DNS, "default._bimi.example.com", DC_TYPE_TXT, 0},
	{DC_ASK_DNS, "2.0.0.127.zen.spamhaus.org", DC_TYPE_A, 0},
	{DC_ASK_DNS, "10.2.0.192.zen.spamhaus.org", DC_TYPE_A, 0},
	{DC_ASK_DNS, "example.com", DC_TYPE_NSEC, 0},
	{DC_ASK_DNS, "example.com", DC_TYPE_SOA, 0},
	{DC_ASK_DNS, "mx1.example.com", DC_TYPE_CNAME, DC_TYPE_A},
	{DC_ASK_DNS, "1.0.0.127.zen.spamhaus.org", DC_TYPE_A, 0},
	{DC_ASK_DNS, "test.surbl.org.multi.surbl.org", DC_TYPE_A, 0},
	{DC_ASK_DNS, "invalid.multi.surbl.org", DC_TYPE_A, 0},
	{DC_ASK_DNS, "example.com.multi.surbl.org", DC_TYPE_A, 0},
	{DC_ASK_DNS, "mta-sts.example.com", DC_TYPE_A, 0},
	{DC_ASK_DNS, "mta-sts.example.com", DC_TYPE_AAAA, 0},
};
enum { QUESTIONS = sizeof questions / sizeof *questions };

struct row {
	struct dc_rr rrs[RECORDS_MAX];
	size_t count;
	bool failed;
};

static uint16_t asked(size_t i)
{
	return questions[i].asked ? questions[i].asked : questions[i].type;
}

/* Every record to the first row that asks the same question. */
static void read_rows(const uint8_t *data, size_t size, struct row *rows)
{
	for (size_t at = 0, n = 0; at + 3 <= size && n < RECORDS_MAX; n++) {
		size_t which = (data[at] & 0x7fu) % QUESTIONS, len = (size_t)data[at + 1] << 8 | data[at + 2], row = 0;
		struct dc_rr rr = {.owner = dc_slice_of(questions[which].name), .type = questions[which].type, .ttl_s = 300};

		while (questions[row].kind != questions[which].kind || asked(row) != asked(which) ||
		       strcmp(questions[row].name, questions[which].name) != 0)
			row++;
		len = len < size - at - 3 ? len : size - at - 3;
		rr.rdata = (struct dc_slice){(const char *)data + at + 3, len};
		rows[row].failed |= data[at] >> 7;
		rows[row].rrs[rows[row].count++] = rr;
		at += 3 + len;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct row rows[QUESTIONS];
	struct dc_answer *answers[QUESTIONS];
	size_t count = 0;

	memset(rows, 0, sizeof rows);
	read_rows(data, size, rows);
	for (size_t i = 0; i < QUESTIONS; i++) {
		struct dc_answer draft = {.question = {questions[i].kind, asked(i), dc_slice_of(questions[i].name), {0}}, .ede = -1,
					  .outcome = DC_OUTCOME_NODATA, .via = DC_S("192.0.2.53:53"), .rrs = rows[i].rrs,
					  .rr_count = rows[i].count, .authentic = i < 4};

		if (rows[i].count)
			draft.outcome = rows[i].failed ? DC_OUTCOME_SERVFAIL : DC_OUTCOME_ANSWER;
		if (draft.question.kind == DC_ASK_VALIDATE)
			draft.dnssec = rows[i].failed ? DC_DNSSEC_BOGUS : DC_DNSSEC_SECURE;
		answers[count] = dc_answer_new(&draft);
		FUZZ_CHECK(answers[count]);
		count++;
	}
	judge_facts(DC_S("example.com"), answers, count);
	for (size_t i = 0; i < count; i++)
		dc_answer_unref(answers[i]);
	return 0;
}
