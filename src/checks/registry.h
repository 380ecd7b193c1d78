/* Every check, in the order of the report. One row each: X(symbol). Each symbol is a `const struct dc_check` in a file of
 * its own in this room. */
#define DC_CHECKS(X) \
	X(dc_check_audit_complete) \
	X(dc_check_mx_present) \
	X(dc_check_mx_hosts) \
	X(dc_check_mx_redundancy) \
	X(dc_check_spf_record) \
	X(dc_check_spf_syntax) \
	X(dc_check_spf_lookups) \
	X(dc_check_spf_voids) \
	X(dc_check_spf_all) \
	X(dc_check_spf_targets) \
	X(dc_check_spf_ranges) \
	X(dc_check_spf_hygiene) \
	X(dc_check_spf_size) \
	X(dc_check_spf_receivers) \
	X(dc_check_dkim_selectors) \
	X(dc_check_dkim_syntax) \
	X(dc_check_dkim_key) \
	X(dc_check_dkim_key_size) \
	X(dc_check_dkim_key_strength) \
	X(dc_check_dkim_usable) \
	X(dc_check_dkim_testing) \
	X(dc_check_dkim_revoked) \
	X(dc_check_dkim_record_count) \
	X(dc_check_dkim_record_length) \
	X(dc_check_dkim_cname) \
	X(dc_check_dkim_wildcard) \
	X(dc_check_dkim_receivers) \
	X(dc_check_dkim_algorithms) \
	X(dc_check_dkim_key_reuse) \
	X(dc_check_dkim_own_key) \
	X(dc_check_dkim_obsolete) \
	X(dc_check_dmarc_record) \
	X(dc_check_dmarc_syntax) \
	X(dc_check_dmarc_policy) \
	X(dc_check_dmarc_subdomains) \
	X(dc_check_dmarc_reports) \
	X(dc_check_dmarc_psl) \
	X(dc_check_ptr_present) \
	X(dc_check_ptr_forward) \
	X(dc_check_ptr_generic) \
	X(dc_check_helo) \
	X(dc_check_alignment) \
	X(dc_check_spoofable) \
	X(dc_check_parked) \
	X(dc_check_dnssec_state)
