// What every sheet of a print says at its foot, whatever the page breaks: a sheet that is passed on alone still tells what it is.
const foot = new CSSStyleSheet();
document.adoptedStyleSheets.push(foot);

/** One line in the margin at the bottom of each sheet; for the print that is about to begin. */
export function footEverySheet(text: string): void {
  const quoted = JSON.stringify(text); // a string of CSS, too, for a line without breaks
  foot.replaceSync(`@page { @bottom-left { content: ${quoted}; font: 600 8pt sans-serif; color: #12304a; vertical-align: top; } }`);
}
