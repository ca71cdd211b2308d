/** Posterframe, as it decodes: an ffmpeg program for each task, or worker processes that have libav loaded. */
export type PosterframeContestant = 'posterframeFfmpeg' | 'posterframeLibav'

/** Contestants that download the whole object before they extract a frame. */
export type DownloadContestant = 'ffmpegDownloadOutputSeek' | 'ffmpegDownloadInputSeek' | 'ffmpegthumbnailerDownload'

/** Contestants in which ffmpeg reads the presigned URL itself. */
export type UrlContestant = 'ffmpegOnUrl' | 'ffmpegKeyFrameOnUrl'

/** One of the programs that are compared. */
export type Contestant = DownloadContestant | UrlContestant | PosterframeContestant

/**
 * Titles of all contestants, in Markdown and in the order of the tables. With `-ss` after `-i` (output seeking) ffmpeg
 * decodes from the start of the file; with `-ss` before `-i` (input seeking) it starts at the key frame before T.
 */
export const CONTESTANT_TITLES: Readonly<Record<Contestant, string>> = {
  ffmpegDownloadOutputSeek: 'download, `ffmpeg -i file -ss T`',
  ffmpegDownloadInputSeek: 'download, `ffmpeg -ss T -i file`',
  ffmpegOnUrl: '`ffmpeg -ss T -i URL`',
  ffmpegKeyFrameOnUrl: '`ffmpeg -ss T -i URL`, key frame only',
  ffmpegthumbnailerDownload: 'download, `ffmpegthumbnailer`',
  posterframeFfmpeg: 'Posterframe (ffmpeg program)',
  posterframeLibav: 'Posterframe (libav)'
}

/** Names of all contestants, as the command line and `results.json` spell them. */
export const CONTESTANTS = Object.keys(CONTESTANT_TITLES) as readonly Contestant[]

/** Returns whether a contestant is Posterframe. */
export function isPosterframe (contestant: Contestant): contestant is PosterframeContestant {
  return contestant === 'posterframeFfmpeg' || contestant === 'posterframeLibav'
}
