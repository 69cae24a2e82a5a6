// The pattern that says "no data": never a colour of the scale, never zero.
export function drawHatch(theme: 'light' | 'dark'): ImageData {
  const size = 16;
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [size, size];
  const c = canvas.getContext('2d', { willReadFrequently: true })!;
  c.fillStyle = theme === 'light' ? '#f3f6f8' : '#2a3644';
  c.fillRect(0, 0, size, size);
  c.strokeStyle = theme === 'light' ? '#a9b8c4' : '#5e7185';
  c.lineWidth = 2.4;
  for (const shift of [-size, 0, size]) {
    c.beginPath();
    c.moveTo(shift - 2, size + 2);
    c.lineTo(shift + size + 2, -2);
    c.stroke();
  }
  return c.getImageData(0, 0, size, size);
}
