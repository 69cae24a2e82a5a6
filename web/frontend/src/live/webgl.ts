// The plumbing between the boat layer and the graphics card.
import { FRAGMENT, VERTEX } from './shaders';

function compile(gl: WebGL2RenderingContext, type: GLenum, source: string): WebGLShader {
  const shader = gl.createShader(type);
  if (!shader) throw new Error('no shader');
  gl.shaderSource(shader, source);
  gl.compileShader(shader);
  if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS)) throw new Error(gl.getShaderInfoLog(shader) ?? 'shader');
  return shader;
}

export function buildProgram(gl: WebGL2RenderingContext): WebGLProgram {
  const program = gl.createProgram();
  gl.attachShader(program, compile(gl, gl.VERTEX_SHADER, VERTEX));
  gl.attachShader(program, compile(gl, gl.FRAGMENT_SHADER, FRAGMENT));
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(program) ?? 'link');
  return program;
}

const LAYOUT: [string, number][] = [['a_at', 2], ['a_velocity', 2], ['a_shift', 2], ['a_times', 2], ['a_look', 4]];

/** One quad, drawn once for each row of `floats` numbers in `buffer`. */
export function bindInstances(
  gl: WebGL2RenderingContext, program: WebGLProgram, buffer: WebGLBuffer | null, floats: number,
): WebGLVertexArrayObject | null {
  const vao = gl.createVertexArray();
  gl.bindVertexArray(vao);
  bindQuad(gl, program);
  gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
  let offset = 0;
  for (const [name, size] of LAYOUT) {
    const at = gl.getAttribLocation(program, name);
    gl.enableVertexAttribArray(at);
    gl.vertexAttribPointer(at, size, gl.FLOAT, false, floats * 4, offset * 4);
    gl.vertexAttribDivisor(at, 1);
    offset += size;
  }
  gl.bindVertexArray(null);
  return vao;
}

function bindQuad(gl: WebGL2RenderingContext, program: WebGLProgram): void {
  const corner = gl.getAttribLocation(program, 'a_corner');
  gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
  gl.bufferData(gl.ARRAY_BUFFER, new Float32Array([-1, -1, 1, -1, -1, 1, 1, 1]), gl.STATIC_DRAW);
  gl.enableVertexAttribArray(corner);
  gl.vertexAttribPointer(corner, 2, gl.FLOAT, false, 0, 0);
}

export function uploadAtlas(gl: WebGL2RenderingContext, atlas: HTMLCanvasElement): WebGLTexture | null {
  const texture = gl.createTexture();
  gl.bindTexture(gl.TEXTURE_2D, texture);
  gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, true);
  gl.pixelStorei(gl.UNPACK_FLIP_Y_WEBGL, false);
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, atlas);
  gl.generateMipmap(gl.TEXTURE_2D);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR_MIPMAP_LINEAR);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.LINEAR);
  return texture;
}

/** The map's matrix with the origin folded in at full precision, so float32 offsets do not jitter. */
export function shiftMatrix(matrix: ArrayLike<number>, origin: { x: number; y: number }): Float32Array {
  const out = Float32Array.from(matrix);
  for (let row = 0; row < 4; row += 1) {
    out[12 + row] = matrix[row]! * origin.x + matrix[4 + row]! * origin.y + matrix[12 + row]!;
  }
  return out;
}
