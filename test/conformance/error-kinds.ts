/** The codes of the error catalogue for each kind of fault in the corpus. */
export const CODES_OF_KIND: Readonly<Record<string, readonly string[]>> = {
  'error:empty': ['unsupported_media'],
  'error:not_video': ['unsupported_media'],
  // The service does not support playlists and manifests; it rejects an MP4 with outside references as corrupt.
  'error:forbidden_reference': ['unsupported_media'],
  'error:no_video': ['no_video_track'],
  'error:no_moov': ['corrupt_video'],
  'error:no_frames': ['corrupt_video'],
  'error:corrupt': ['corrupt_video'],
  'error:encrypted': ['encrypted_video'],
  'error:unsupported_codec': ['unsupported_codec'],
  'error:limits': ['video_limits_exceeded']
}

/** Returns the error codes that are right for what an entry expects and accepts. */
export function listRightCodes (outcomes: readonly string[]): string[] {
  return [...new Set(outcomes.flatMap((outcome) => CODES_OF_KIND[outcome] ?? []))]
}
