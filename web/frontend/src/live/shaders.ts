// The two small programs that draw every boat in one call; positions move here, not in JavaScript.
import { BLEND_S, CARRY_S } from './motion';

export const VERTEX = `#version 300 es
precision highp float;
in vec2 a_corner;
in vec2 a_at;
in vec2 a_velocity;
in vec2 a_shift;
in vec2 a_times;
in vec4 a_look;
uniform mat4 u_matrix;
uniform vec2 u_pixel;
uniform float u_now;
uniform float u_moving;
uniform float u_near;
uniform float u_symbols[8];
uniform float u_turns[8];
out vec2 v_uv;
out float v_alpha;
out float v_selected;

void main() {
  int status = int(a_look.x);
  float age = max(0.0, u_now - a_times.x);
  float carried = min(age, ${CARRY_S.toFixed(1)}) * u_moving;
  float glide = (1.0 - smoothstep(0.0, ${BLEND_S.toFixed(2)}, u_now - a_times.y)) * u_moving;
  vec4 at = u_matrix * vec4(a_at + a_velocity * carried + a_shift * glide, 0.0, 1.0);

  float always = u_symbols[status];
  float symbol = max(always, max(step(0.5, u_near), a_look.z));
  float size = mix(mix(9.0, 13.0, u_near), mix(22.0, 26.0, max(u_near, always)), symbol);
  size *= 1.0 + 0.35 * a_look.z;
  float turn = a_look.y * u_turns[status] * symbol;
  vec2 turned = mat2(cos(turn), -sin(turn), sin(turn), cos(turn)) * a_corner;
  gl_Position = at + vec4(turned * size * u_pixel * at.w, 0.0, 0.0);

  v_uv = vec2((float(status) + a_corner.x * 0.5 + 0.5) / 8.0, ((1.0 - symbol) + 0.5 - a_corner.y * 0.5) / 2.0);
  float silent = smoothstep(${CARRY_S.toFixed(1)}, 14400.0, age);
  v_alpha = max(1.0 - 0.4 * silent, a_look.z);
  v_selected = a_look.z;
}
`;

export const FRAGMENT = `#version 300 es
precision mediump float;
in vec2 v_uv;
in float v_alpha;
in float v_selected;
uniform sampler2D u_atlas;
out vec4 colour;

void main() {
  colour = texture(u_atlas, v_uv) * v_alpha;
  if (colour.a < 0.01) discard;
}
`;
