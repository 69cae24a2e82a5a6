// One custom layer draws every boat, its speed and the chosen one's ring, and carries them forward on the server's clock.
import type { CustomLayerInterface, CustomRenderMethodInput, Map as MapGL } from 'maplibre-gl';
import { STATUSES, type Theme } from '../api';
import { STATUS_LOOK, NEEDS_SOMEONE } from '../lib/status';
import { drawAtlas } from './atlas';
import { NEAR_ZOOM } from './density';
import { FLOATS, ORIGIN } from './fleet';
import { SCREEN_LAG_S } from './motion';
import { PASSES } from './shaders';
import { buildProgram, bindInstances, shiftMatrix, uploadAtlas } from './webgl';

const TURNING = ['arrow', 'arrow-hollow', 'arrow-ringed'];

export class BoatLayer implements CustomLayerInterface {
  readonly id = 'boats';
  readonly type = 'custom' as const;
  readonly renderingMode = '2d' as const;
  /** Unix seconds that the packed times are relative to. */
  baseS = 0;
  moving = true;
  /** How much larger than on a desk: signs grow by it, and its zoom is that much further away. */
  scale = 1;
  nowS: () => number = () => Date.now() / 1000;
  #map: MapGL | null = null;
  #program: WebGLProgram | null = null;
  #vao: WebGLVertexArrayObject | null = null;
  #buffer: WebGLBuffer | null = null;
  #atlas: WebGLTexture | null = null;
  #data = new Float32Array(0);
  #dirty = true;
  readonly #places = new Map<string, WebGLUniformLocation | null>();

  constructor(private readonly theme: Theme = 'dark') {}

  onAdd(map: MapGL, gl: WebGL2RenderingContext): void {
    this.#map = map;
    this.#program = buildProgram(gl);
    this.#buffer = gl.createBuffer();
    this.#vao = bindInstances(gl, this.#program, this.#buffer, FLOATS);
    this.#atlas = uploadAtlas(gl, drawAtlas(this.theme));
    this.#dirty = true;
  }

  onRemove(_map: MapGL, gl: WebGL2RenderingContext): void {
    gl.deleteProgram(this.#program);
    gl.deleteBuffer(this.#buffer);
    gl.deleteVertexArray(this.#vao);
    gl.deleteTexture(this.#atlas);
  }

  setData(data: Float32Array<ArrayBuffer>, baseS: number): void {
    this.#data = data;
    this.baseS = baseS;
    this.#dirty = true;
    this.#map?.triggerRepaint();
  }

  render(gl: WebGL2RenderingContext, input: CustomRenderMethodInput): void {
    const count = this.#data.length / FLOATS;
    if (!this.#program || count === 0) return;
    gl.useProgram(this.#program);
    gl.bindVertexArray(this.#vao);
    this.#upload(gl);
    this.#setUniforms(gl, this.#program, input);
    gl.disable(gl.DEPTH_TEST);
    gl.disable(gl.STENCIL_TEST);
    gl.disable(gl.CULL_FACE);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    for (const pass of PASSES) {
      gl.uniform1i(this.#place(gl, this.#program, 'u_pass'), pass);
      gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, count);
    }
    gl.bindVertexArray(null);
  }

  #place(gl: WebGL2RenderingContext, program: WebGLProgram, name: string): WebGLUniformLocation | null {
    const known = this.#places.get(name);
    if (known !== undefined) return known;
    const place = gl.getUniformLocation(program, name);
    this.#places.set(name, place);
    return place;
  }

  #upload(gl: WebGL2RenderingContext): void {
    if (!this.#dirty) return;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#buffer);
    gl.bufferData(gl.ARRAY_BUFFER, this.#data, gl.DYNAMIC_DRAW);
    this.#dirty = false;
  }

  #setUniforms(gl: WebGL2RenderingContext, program: WebGLProgram, input: CustomRenderMethodInput): void {
    const at = (name: string): WebGLUniformLocation | null => this.#place(gl, program, name);
    const zoom = (this.#map?.getZoom() ?? 0) - Math.log2(this.scale);
    const ratio = (this.#map?.getPixelRatio() ?? 1) * this.scale;
    gl.uniformMatrix4fv(at('u_matrix'), false, shiftMatrix(input.defaultProjectionData.mainMatrix, ORIGIN));
    gl.uniform2f(at('u_pixel'), ratio / gl.drawingBufferWidth, ratio / gl.drawingBufferHeight);
    gl.uniform1f(at('u_now'), this.nowS() - SCREEN_LAG_S - this.baseS);
    gl.uniform1f(at('u_moving'), this.moving ? 1 : 0);
    gl.uniform1f(at('u_near'), zoom >= NEAR_ZOOM ? 1 : 0);
    gl.uniform1fv(at('u_symbols'), STATUSES.map((status) => (NEEDS_SOMEONE.includes(status) ? 1 : 0)));
    gl.uniform1fv(at('u_turns'), STATUSES.map((status) => (TURNING.includes(STATUS_LOOK[status].shape) ? 1 : 0)));
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, this.#atlas);
    gl.uniform1i(at('u_atlas'), 0);
  }
}
