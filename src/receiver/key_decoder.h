/* How OpenSSL finds the decoder of an RSA key. */
#ifndef DC_RECEIVER_KEY_DECODER_H
#define DC_RECEIVER_KEY_DECODER_H

/* From now on d2i_PUBKEY in this process tries OpenSSL's own RSA parser first and searches the decoders of all providers only
 * for what that refuses. Once is enough; again does no harm. Without engines (OpenSSL 4) nothing changes. */
void dc_key_decoder_set_up(void);

#endif
