// Starts one screen of the wall.
import '../base.css';
import '../lib/window';
import { mount } from 'svelte';
import App from './App.svelte';

document.documentElement.dataset['theme'] = 'dark';
mount(App, { target: document.getElementById('app')! });
