/** Codes of TLS, of the HTTP parser and of streams that ended early; those of the system begin with E. */
const CODES =
  /^(E[A-Z0-9]+|EAI_[A-Z]+|HPE_\w+|ERR_(TLS|SSL)_\w+|ERR_STREAM_PREMATURE_CLOSE|CERT_\w+|UNABLE_TO_\w+|\w*SELF_SIGNED\w*|HOSTNAME_MISMATCH)$/

/**
 * Returns whether an error comes from the network, the file system or a stream, and not from a bug: it has one of their
 * codes. An error without such a code, such as a `TypeError`, must not be blamed on the store.
 */
export function isConnectionError (error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && CODES.test(String(error.code))
}
