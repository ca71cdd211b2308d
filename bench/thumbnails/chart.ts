/** A line of a chart: a cost per length of video. */
export interface Series {
  readonly name: string
  readonly colour: string
  /** A point that is a lower bound (`isAtLeast`) is drawn hollow. */
  readonly points: ReadonlyArray<{ readonly minutes: number, readonly value: number, readonly isAtLeast?: boolean }>
}

/** One of several charts, drawn side by side. */
export interface Panel {
  readonly title: string
  readonly series: readonly Series[]
  readonly format: (value: number) => string
}

const [WIDTH, HEIGHT] = [440, 330]
const MARGIN = { left: 66, right: 16, top: 44, bottom: 44 }
const LEGEND_HEIGHT = 34

/** Draws cost against length as SVG, with logarithmic axes, since the costs differ by orders of magnitude. */
export function drawChart (panels: readonly Panel[]): string {
  const width = WIDTH * panels.length
  const names = [...new Map(panels.flatMap(({ series }) => series).map((one) => [one.name, one.colour])).entries()]
  const legend = names.map(([name, colour], order) => {
    const x = MARGIN.left + (order * (width - MARGIN.left)) / names.length
    return `<rect x="${round(x)}" y="14" width="12" height="12" fill="${colour}"/><text x="${round(x + 18)}" y="24">${escapeText(name)}</text>`
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${HEIGHT + LEGEND_HEIGHT}" font-family="sans-serif" font-size="12" fill="#222">`,
    `<rect width="${width}" height="${HEIGHT + LEGEND_HEIGHT}" fill="#fff"/>`,
    ...legend,
    ...panels.map(
      (panel, order) => `<g transform="translate(${order * WIDTH} ${LEGEND_HEIGHT})">${drawPanel(panel).join('')}</g>`
    ),
    '</svg>',
    ''
  ].join('\n')
}

function drawPanel ({ title, series, format }: Panel): string[] {
  const points = series.flatMap((one) => one.points).filter(({ value }) => value > 0)
  if (points.length === 0) return []
  const x = computeScale(
    points.map(({ minutes }) => minutes),
    MARGIN.left,
    WIDTH - MARGIN.right
  )
  const y = computeScale(
    points.map(({ value }) => value),
    HEIGHT - MARGIN.bottom,
    MARGIN.top,
    true
  )
  const bottom = HEIGHT - MARGIN.bottom
  return [
    `<text x="${MARGIN.left}" y="28" font-size="13" font-weight="bold">${escapeText(title)}</text>`,
    ...y.decades.map(
      (value) =>
        `<path d="M${MARGIN.left} ${y.place(value)}H${WIDTH - MARGIN.right}" stroke="#ddd"/><text x="${MARGIN.left - 6}" y="${round(y.place(value) + 4)}" text-anchor="end">${escapeText(format(value))}</text>`
    ),
    ...[...new Set(points.map(({ minutes }) => minutes))].map(
      (minutes) =>
        `<text x="${x.place(minutes)}" y="${bottom + 18}" text-anchor="middle">${formatLength(minutes)}</text>`
    ),
    `<text x="${(MARGIN.left + WIDTH - MARGIN.right) / 2}" y="${bottom + 36}" text-anchor="middle" fill="#666">length of the video</text>`,
    ...series.map(({ colour, points }) =>
      drawSeries(
        colour,
        points
          .filter(({ value }) => value > 0)
          .map(({ minutes, value, isAtLeast = false }) => ({
            x: x.place(minutes),
            y: y.place(value),
            isHollow: isAtLeast
          }))
      )
    )
  ]
}

function drawSeries (
  colour: string,
  places: ReadonlyArray<{ readonly x: number, readonly y: number, readonly isHollow: boolean }>
): string {
  const dots = places.map(
    ({ x, y, isHollow }) =>
      `<circle cx="${x}" cy="${y}" r="3.5" fill="${isHollow ? '#fff' : colour}" stroke="${colour}" stroke-width="1.5"/>`
  )
  return `<polyline points="${places.map(({ x, y }) => `${x},${y}`).join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>${dots.join('')}`
}

/** Computes a logarithmic axis; with `isWhole` it begins and ends at a power of ten. */
function computeScale (
  values: readonly number[],
  from: number,
  to: number,
  isWhole = false
): { place: (value: number) => number, decades: number[] } {
  const logs = values.map(Math.log10)
  const [low, high] = [Math.min(...logs), Math.max(...logs)]
  const [start, end] = isWhole ? [Math.floor(low), Math.ceil(high)] : [low, high]
  const place = (value: number) =>
    round(from + (to - from) * (end === start ? 0.5 : (Math.log10(value) - start) / (end - start)))
  return {
    place,
    decades: Array.from(
      { length: Math.ceil(end) - Math.floor(start) + 1 },
      (_, order) => 10 ** (Math.floor(start) + order)
    )
  }
}

const formatLength = (minutes: number): string => (minutes < 60 ? `${minutes} min` : `${minutes / 60} h`)
const round = (value: number): number => Math.round(value * 10) / 10
const escapeText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
