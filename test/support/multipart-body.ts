// Bodies of multipart/form-data, byte for byte (RFC 7578).

/** One part: a text field, or a file if it has a `filename`. */
export interface FormPart {
  /** Absent only in a malformed form. */
  readonly name?: string
  readonly content: string | Uint8Array
  readonly filename?: string
  readonly type?: string
}

export const BOUNDARY = 'posterframe-test-boundary'
export const FORM_TYPE = `multipart/form-data; boundary=${BOUNDARY}`

/** Headers of a part, before its content. */
export function openPart ({ name, filename, type }: Omit<FormPart, 'content'>): string {
  return (
    `--${BOUNDARY}\r\nContent-Disposition: form-data${name === undefined ? '' : `; name="${name}"`}${filename === undefined ? '' : `; filename="${filename}"`}\r\n` +
    `${type === undefined ? '' : `Content-Type: ${type}\r\n`}\r\n`
  )
}

export const CLOSE_FORM = `--${BOUNDARY}--\r\n`

export function buildForm (parts: readonly FormPart[]): Buffer {
  return Buffer.concat([
    ...parts.flatMap((part) => [Buffer.from(openPart(part)), Buffer.from(part.content), Buffer.from('\r\n')]),
    Buffer.from(CLOSE_FORM)
  ])
}
