// Starts the page of fields: epidemics, schools told in several ways, online topics, holidays.
import '../base.css';
import '../lib/window';
import { mount } from 'svelte';
import App from './App.svelte';

mount(App, { target: document.getElementById('app')! });
