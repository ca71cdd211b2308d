/**
 * What the corpus calls the faults of a file, and which codes of the catalogue say the same. The first one is what is
 * expected; `also_acceptable` of the corpus opens the others.
 */
export const CODES_OF_KIND: Readonly<Record<string, readonly string[]>> = {
  'error:empty': ['unsupported_media'],
  'error:not_video': ['unsupported_media'],
  // A playlist or a manifest is no container that is read here; an MP4 that refers elsewhere is refused as damaged.
  'error:forbidden_reference': ['unsupported_media'],
  'error:no_video': ['no_video_track'],
  'error:no_moov': ['corrupt_video'],
  'error:no_frames': ['corrupt_video'],
  'error:corrupt': ['corrupt_video'],
  'error:encrypted': ['encrypted_video'],
  'error:unsupported_codec': ['unsupported_codec'],
  'error:limits': ['video_limits_exceeded']
}

/** The codes that are right for a file, by what its entry expects and accepts. */
export function listRightCodes (outcomes: readonly string[]): string[] {
  return [...new Set(outcomes.flatMap((outcome) => CODES_OF_KIND[outcome] ?? []))]
}
