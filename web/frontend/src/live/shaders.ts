// The two small programs that draw every boat; positions move here, not in JavaScript.
import { BLEND_S, CARRY_S } from './motion';

/** Drawn one after the other: the chosen boat's ring, the speeds, the boats. */
export const PASSES = [0, 1, 2] as const;
/** A boat's line ahead grows by this much a knot; the legend shows the same. */
export const PX_A_KNOT = 2;
const NEWS_S = 7200; // an older course and speed is history and gets no line ahead

export const VERTEX = `#version 300 es
precision highp float;
in vec2 a_corner;
in vec2 a_at;
in vec2 a_velocity;
in vec2 a_shift;
in vec2 a_times;
in vec4 a_look; // status, course in radians, is it the chosen one, knots or -1 without a course
uniform mat4 u_matrix;
uniform vec2 u_pixel;
uniform float u_now;
uniform float u_moving;
uniform float u_near;
uniform int u_pass;
uniform float u_symbols[8];
uniform float u_turns[8];
out vec2 v_uv;
out float v_alpha;

void main() {
  int status = int(a_look.x);
  float age = max(0.0, u_now - a_times.x);
  float carried = min(age, ${CARRY_S.toFixed(1)}) * u_moving;
  float glide = (1.0 - smoothstep(0.0, ${BLEND_S.toFixed(2)}, u_now - a_times.y)) * u_moving;
  vec4 at = u_matrix * vec4(a_at + a_velocity * carried + a_shift * glide, 0.0, 1.0);

  bool chosen = a_look.z > 0.5;
  bool told = a_look.w >= 0.0;
  bool shown = u_near > 0.5 || u_symbols[status] > 0.5 || chosen;
  float size = mix(22.0, 26.0, u_near) * (chosen ? 1.3 : 1.0);
  vec2 px = a_corner * size * 0.5;
  vec2 cell = vec2(float(status), told ? 0.0 : 1.0);
  vec2 inside = vec2(a_corner.x, -a_corner.y) * 0.5 + 0.5;
  float turn = a_look.y * (told ? u_turns[status] : 0.0);
  if (u_pass == 0) {
    shown = chosen;
    px = a_corner * 26.0;
    cell = vec2(0.0, 3.0);
    turn = 0.0;
  }
  if (u_pass == 1) {
    shown = (u_near > 0.5 || chosen) && a_look.w >= 0.5 && age < ${NEWS_S.toFixed(1)};
    px = vec2(a_corner.x * 0.9, (a_corner.y * 0.5 + 0.5) * a_look.w * ${PX_A_KNOT.toFixed(1)} + size * 0.3);
    cell = vec2(float(status), 2.0);
    inside = vec2(0.5);
    turn = a_look.y;
  }
  vec2 turned = mat2(cos(turn), -sin(turn), sin(turn), cos(turn)) * px;
  gl_Position = shown ? at + vec4(turned * 2.0 * u_pixel * at.w, 0.0, 0.0) : vec4(2.0, 2.0, 2.0, 1.0);

  v_uv = (cell + inside) / vec2(8.0, 4.0);
  float silent = smoothstep(${CARRY_S.toFixed(1)}, 14400.0, age);
  v_alpha = chosen ? 1.0 : 1.0 - mix(0.4, 0.15, u_symbols[status]) * silent;
}
`;

export const FRAGMENT = `#version 300 es
precision mediump float;
in vec2 v_uv;
in float v_alpha;
uniform sampler2D u_atlas;
out vec4 colour;

void main() {
  colour = texture(u_atlas, v_uv) * v_alpha;
  if (colour.a < 0.01) discard;
}
`;
