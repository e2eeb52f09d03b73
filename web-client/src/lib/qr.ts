/**
 * A link as a QR code, drawn here in the browser: the link's secret is never
 * sent anywhere to be turned into a picture.
 */

const SVG = 'http://www.w3.org/2000/svg';
/** The light border that scanners need, in modules. */
const QUIET = 4;

/** Which modules are dark. */
export interface Modules {
  readonly size: number;
  /** Whether the module at this place is dark. */
  get(x: number, y: number): boolean;
}

/**
 * The modules of `text`. Loads the encoder when first asked for: the small one, which packs bytes alone,
 * since a link holds small letters throughout.
 */
export async function qrModules(text: string): Promise<Modules> {
  const { generate } = await import('lean-qr/nano');
  return generate(text);
}

/** An SVG path that covers the dark modules, row by row, in modules from the outer corner. */
export function qrPath(modules: Modules): string {
  let path = '';
  for (let y = 0; y < modules.size; y += 1) {
    for (let x = 0; x < modules.size; x += 1) {
      if (!modules.get(x, y)) continue;
      const start = x;
      while (x + 1 < modules.size && modules.get(x + 1, y)) x += 1;
      const width = x + 1 - start;
      path += `M${start + QUIET} ${y + QUIET}h${width}v1h-${width}z`;
    }
  }
  return path;
}

/**
 * An `<svg>` of `text`, black on white in every theme so that it can be
 * scanned. `label` is its name for a screen reader.
 */
export async function qrSvg(text: string, label: string): Promise<SVGSVGElement> {
  const modules = await qrModules(text);
  const side = modules.size + 2 * QUIET;
  const svg = document.createElementNS(SVG, 'svg') as SVGSVGElement;
  svg.setAttribute('viewBox', `0 0 ${side} ${side}`);
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', label);
  svg.setAttribute('shape-rendering', 'crispEdges');
  const ground = document.createElementNS(SVG, 'rect');
  ground.setAttribute('width', `${side}`);
  ground.setAttribute('height', `${side}`);
  ground.setAttribute('fill', '#fff');
  const dark = document.createElementNS(SVG, 'path');
  dark.setAttribute('d', qrPath(modules));
  dark.setAttribute('fill', '#000');
  svg.append(ground, dark);
  return svg;
}
