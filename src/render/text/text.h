/* Inside the text renderer: its sections. Each writes nothing, or an empty line and what it has to say. */
#ifndef DC_RENDER_TEXT_TEXT_H
#define DC_RENDER_TEXT_TEXT_H

#include "render/text/layout.h"

/* What to mend, what is worth knowing, what was accepted. findings.c */
void dc_text_findings(const struct dc_text *text, const struct dc_audit_result *result);
/* What could not be determined: question, server, outcome. */
void dc_text_undetermined(const struct dc_text *text, const struct dc_audit_result *result);

void dc_text_spf(const struct dc_text *text, const struct dc_audit_result *result);        /* spf.c */
void dc_text_dkim(const struct dc_text *text, const struct dc_audit_result *result);       /* dkim.c */
void dc_text_dmarc(const struct dc_text *text, const struct dc_audit_result *result);      /* dmarc.c */
void dc_text_mx(const struct dc_text *text, const struct dc_audit_result *result);         /* hosts.c */
void dc_text_ptr(const struct dc_text *text, const struct dc_audit_result *result);        /* hosts.c */
void dc_text_identities(const struct dc_text *text, const struct dc_audit_result *result); /* hosts.c */

void dc_text_dane(const struct dc_text *text, const struct dc_audit_result *result);       /* dane.c */
void dc_text_blocklists(const struct dc_text *text, const struct dc_audit_result *result); /* blocklist.c */
void dc_text_smtp(const struct dc_text *text, const struct dc_audit_result *result);       /* smtp.c */
void dc_text_dns(const struct dc_text *text, const struct dc_audit_result *result);        /* dns.c */

void dc_text_message(const struct dc_text *text, const struct dc_audit_result *result);    /* message.c */

/* One verdict a profile, what blocks it, and what nobody can see. profiles.c */
void dc_text_profiles(const struct dc_text *text, const struct dc_audit_result *result);
/* For the GO line: what stands in the way, or what is not known; the first few. profiles.c */
struct dc_slice dc_text_reasons(const struct dc_text *text, const struct dc_audit_result *result);

/* A line for each of MTA-STS, TLS-RPT, BIMI and CAA that is published. policies.c */
void dc_text_policies(const struct dc_text *text, const struct dc_facts *facts);
/* What else is published; every check with its verdict. foot.c */
void dc_text_besides(const struct dc_text *text, const struct dc_audit_result *result);
void dc_text_checks(const struct dc_text *text, const struct dc_audit_result *result);
/* ---- verdict.c ---- */

/* "✗", in its ink */
struct dc_slice dc_text_mark(const struct dc_text *text, enum dc_verdict verdict);
enum dc_ink dc_text_verdict_ink(enum dc_verdict verdict);
/* An empty line and "SPF             ✗ fail  note" for the checks that begin with `prefix`. */
void dc_text_heading(const struct dc_text *text, const struct dc_audit_result *result, const char *title,
		     const char *prefix, struct dc_slice note);
/* "yes", "no" or "?" */
struct dc_slice dc_text_tri(enum dc_tri value);
/* `so_far` and ", 2 errors"; zero is not said. */
struct dc_slice dc_text_counted(const struct dc_text *text, struct dc_slice so_far, size_t count, const char *one,
				const char *many);

#endif
