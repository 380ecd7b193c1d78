/* Every check, in the order of the report. One row each: X(symbol). Each symbol is a `const struct dc_check` in a file of
 * its own in this room. */
#define DC_CHECKS(X) \
	X(dc_check_audit_complete) \
	X(dc_check_dnssec_state)
