// Starts the page of the pilot's evaluation.
import '../base.css';
import '../lib/window';
import { mount } from 'svelte';
import App from './App.svelte';

mount(App, { target: document.getElementById('app')! });
